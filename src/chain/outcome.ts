import { type Reason, RpcError } from "../rpc/rpc_error.ts";

/** What was read for an account: its balance in wei, or why there is none. */
export type Outcome = bigint | Reason;

/**
 * Makes an outcome of what a call gave.
 *
 * @param result the decoded result of `eth_getBalance`, or why there is none
 */
export function outcomeOf(
  result: number | bigint | RpcError | undefined,
): Outcome {
  if (typeof result === "bigint") return result;
  return result instanceof RpcError ? result.reason : "missing";
}
