import type { FakeReply, FakeTruth, Item } from "./fake_node.ts";

/** What an `eth_call` for many balances is answered from. */
export interface CallTruth {
  readonly chainId: number;
  readonly block: bigint;
  readonly time: number | bigint;
  readonly balanceOf: (address: string) => bigint;
}

/**
 * Answers an `eth_call` that overrides the code of its target, as a node does
 * that runs it: chain id, block number and time, a word an address, and the tag.
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
  let tag = key;
  for (const word of words) tag = (tag * key + word) % 2n ** 256n;
  return `0x${[...words, tag].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

/** As geth refuses a parameter that it does not know, a method, and a block that is not there yet. */
const TOO_MANY = { error: { code: -32602, message: "too many arguments, want at most 2" } };
const NO_METHOD = { error: { code: -32601, message: "the method eth_syncing does not exist/is not available" } };
const NO_BLOCK = { error: { code: -32000, message: "header not found" } };

/** Answers a call as a node of some truth does. */
export function answerOf(item: Item, truth: FakeTruth): FakeReply {
  const { method, params: [first, second] } = item;
  const isHead = method === "eth_getBlockByNumber";
  const asked = truth.ignoresBlocks.includes(method) ? "latest" : isHead ? first : second;
  if (isNumber(asked) && BigInt(asked) > truth.block) return isHead ? { result: null } : NO_BLOCK;
  const at = blockOf(asked, truth);
  if (method === "eth_syncing") return truth.syncing === undefined ? NO_METHOD : { result: truth.syncing };
  if (method !== "eth_call") return { result: resultOf(item, truth, at) };
  const { from } = first as { readonly from?: string };
  const balanceOf = (address: string): bigint => truth.evm(weiOf(address, truth, at), address, from);
  const run = { ...truth, block: truth.evmBlock ?? at.block, time: at.time, balanceOf };
  const result = truth.overrides ? answerPackedCall(item, run) : undefined;
  if (result !== undefined) return { result };
  if (truth.tokenAt === undefined || item.params.length > 2) return TOO_MANY;
  return { result: `0x${truth.tokenAt(at.block).toString(16).padStart(64, "0")}` };
}

interface At {
  readonly block: bigint;
  readonly time: bigint;
}

/** The block of a parameter, a second before the next one; the latest for a tag. */
function blockOf(parameter: unknown, { block, time, perSecond }: FakeTruth): At {
  const number = isNumber(parameter) ? BigInt(parameter) : block;
  return { block: number, time: (BigInt(time) + number - block) * perSecond };
}

function weiOf(address: string, { balances, weiAt }: FakeTruth, { block }: At): bigint {
  return weiAt(balances.get(address) ?? 0n, block);
}

function isNumber(parameter: unknown): parameter is string {
  return typeof parameter === "string" && parameter.startsWith("0x");
}

function resultOf({ method, params }: Item, truth: FakeTruth, at: At): unknown {
  const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
  switch (method) {
    case "eth_chainId":
      return hex(truth.chainId);
    case "eth_getBlockByNumber":
      return { number: hex(at.block), timestamp: hex(at.time), hash: truth.hash, transactions: [] };
    case "eth_getCode":
      return "0x";
    default:
      return hex(weiOf(String(params[0]).toLowerCase(), truth, at));
  }
}
