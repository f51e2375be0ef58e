import type { Item } from "./fake_node.ts";

/** What an `eth_call` for many balances is answered from. */
export interface CallTruth {
  readonly chainId: number;
  readonly block: bigint;
  readonly time: number | bigint;
  readonly balanceOf: (address: string) => bigint;
}

/**
 * Answers an `eth_call` that overrides the code of its target, as a node does
 * that runs it: chain id, block number and time, a word an address, and the seal.
 *
 * @param item the call
 * @param truth what to answer
 * @returns the result; `undefined` for a call without such an override
 */
export function answerPackedCall({ params }: Item, truth: CallTruth): string | undefined {
  const [call, , overrides] = params as readonly [{ to: string; data: string }, unknown, Record<string, unknown>?];
  if (overrides?.[call.to] === undefined) return undefined;
  const key = BigInt(call.data.slice(0, 66));
  const addresses = call.data.slice(66).match(/.{40}/g) ?? [];
  const words = [BigInt(truth.chainId), truth.block, BigInt(truth.time)];
  for (const address of addresses) words.push(truth.balanceOf(`0x${address.toLowerCase()}`));
  let seal = key;
  for (const word of words) seal = (seal * key + word) % 2n ** 256n;
  return `0x${[...words, seal].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}
