import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "./calls.ts";

/** What was read for an account: its balance in wei, or why there is none. */
export type Wei = bigint | Reason;

/** A balance and the block it belongs to. */
export interface Balance {
  readonly wei: bigint;
  /** None where balances are only had without a block number, and the head moved meanwhile. */
  readonly block: Block | undefined;
  /** Set when the balance is only as fresh as its block, and why. */
  readonly late?: Late | undefined;
}

/** Who read it lags and nobody else was there, or the whole chain stands still. */
export type Late = "lagging" | "halted";

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
