import { type Reason, RpcError } from "../../rpc/rpc_error.ts";
import type { Block } from "./calls.ts";

/** What was read for an account: its balance in wei, or why there is none. */
export type Wei = bigint | Reason;

/** A balance and the block it belongs to. */
export interface Balance {
  readonly wei: bigint;
  readonly block: Block;
}

/** What a cycle gave for an account. */
export type Outcome = Balance | Reason;

/**
 * Makes an outcome of what a call gave.
 *
 * @param result the decoded result of `eth_getBalance`, or why there is none
 */
export function weiOf(result: number | bigint | RpcError | undefined): Wei {
  if (typeof result === "bigint") return result;
  return result instanceof RpcError ? result.reason : "missing";
}
