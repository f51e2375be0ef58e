import type { Endpoint } from "./endpoint.ts";
import { type Reason, type Refusal, RpcError } from "./rpc_error.ts";

/**
 * Makes an error that shows only after a request was counted, such as a wrong chain, and counts it.
 * Errors of a request itself are counted with that request: nothing else counts errors.
 *
 * @param endpoint whose answer it is
 * @param reason from the closed set
 * @param detail for the log
 * @param refusal what it says about the way of asking
 */
export function countedError(
  endpoint: Endpoint | undefined,
  reason: Reason,
  detail: string,
  refusal?: Refusal,
): RpcError {
  endpoint?.meter.fault(reason);
  return new RpcError(reason, detail, refusal);
}
