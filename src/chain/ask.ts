import type { Clock } from "../clock.ts";
import type { Call } from "../rpc/call.ts";
import { callBatch } from "../rpc/call_batch.ts";
import { type Deadline, startDeadline } from "../rpc/deadline.ts";
import type { Endpoint } from "../rpc/endpoint.ts";
import type { RpcError } from "../rpc/rpc_error.ts";

/** How long a sweep and one request in it may take. */
export interface Limits {
  readonly clock: Clock;
  /** For one request, in milliseconds. */
  readonly timeout: number;
  /** For the whole sweep. */
  readonly deadline: Deadline;
}

/** How many requests go to one endpoint at once. */
export const REQUESTS_AT_ONCE = 16;

/**
 * Sends calls in one request, which ends by its own deadline and by that of the sweep.
 *
 * @param endpoint where to
 * @param calls one or more
 * @param limits see {@linkcode Limits}
 * @returns for every call its result, or why there is none
 * @throws {RpcError} when the request as a whole failed
 */
export async function ask<T>(
  endpoint: Endpoint,
  calls: readonly Call<T>[],
  limits: Limits,
): Promise<readonly (T | RpcError)[]> {
  using deadline = startDeadline(
    limits.clock,
    limits.timeout,
    limits.deadline.signal,
  );
  return await callBatch(endpoint, calls, deadline);
}
