import { RpcError } from "../../jsonrpc/errors.ts";
import { toSeconds } from "./block_time.ts";
import type { Block } from "../../model/block.ts";

/** The result of one `eth_call` for many balances, all at one block. */
export interface BatchBalances {
  readonly chainId: number;
  /** As the EVM reports it: on Arbitrum its number is that of the parent chain. */
  readonly block: Block;
  /** One per account, in their order. */
  readonly balances: readonly (bigint | RpcError)[];
}

/** The errors of single balances, counted with their request. */
export function errorsIn({ balances }: BatchBalances): readonly RpcError[] {
  return balances.filter((balance) => balance instanceof RpcError);
}

const MAX_CHAIN_ID = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Makes the head of an answer from its first words.
 *
 * @throws {RpcError} reason `bad_value`: a chain id or time beyond 2^53
 */
export function headOf(chainId: bigint, number: bigint, time: bigint): Omit<BatchBalances, "balances"> {
  if (chainId > MAX_CHAIN_ID) throw new RpcError("bad_value", "expected a chain id, got a number that is too large");
  return { chainId: Number(chainId), block: { number, time: toSeconds(time), byEvm: true } };
}
