import { RpcError } from "../../jsonrpc/errors.ts";
import { toSeconds } from "./block_time.ts";
import type { Block } from "../../model/block.ts";

/** What one `eth_call` for many balances gave, all of it at one block. */
export interface BatchBalances {
  readonly chainId: number;
  /** As the EVM tells it: on Arbitrum its number is that of the parent chain. */
  readonly block: Block;
  /** In wei, one an address, in their order. */
  readonly balances: readonly (bigint | RpcError)[];
}

/** Balances that failed, to be counted with their request. */
export function errorsIn({ balances }: BatchBalances): readonly RpcError[] {
  return balances.filter((balance) => balance instanceof RpcError);
}

/**
 * Makes the head of an answer of the words that tell it.
 *
 * @throws {RpcError} reason `bad_value`: a chain id or a time that no chain has
 */
export function headOf(chainId: bigint, number: bigint, time: bigint): Omit<BatchBalances, "balances"> {
  if (chainId > MOST) throw new RpcError("bad_value", "expected a chain id, got a number that is too large");
  return { chainId: Number(chainId), block: { number, time: toSeconds(time), byEvm: true } };
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
