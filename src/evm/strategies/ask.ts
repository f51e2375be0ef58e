import type { Limits } from "../../model/source.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { callBatch } from "../../jsonrpc/call_batch.ts";
import { startDeadline } from "../../http/deadline.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";

/** Maximum number of requests to one endpoint at a time. */
export const MAX_IN_FLIGHT = 16;

/**
 * Sends calls in one request, when the endpoint's pace allows it. The request ends by its own deadline and by that of
 * the poll.
 *
 * @returns the result or the error of each call
 * @throws {RpcError} if the request as a whole failed
 */
export async function ask<T>(
  endpoint: Endpoint,
  calls: readonly Call<T>[],
  { clock, timeout, deadline, patient = true }: Limits,
): Promise<readonly (T | RpcError)[]> {
  const { pacer } = endpoint;
  if (!patient && pacer.pausedUntil > clock.now()) throw new RpcError("throttled", "the endpoint asked for a pause");
  await pacer.acquire(calls.length, deadline);
  using own = startDeadline(clock, timeout, deadline.signal);
  return await callBatch(endpoint, calls, own);
}

/**
 * Sends one call.
 *
 * @throws {RpcError} if there is no result
 */
export async function askOne<T>(endpoint: Endpoint, call: Call<T>, limits: Limits): Promise<T> {
  const [result] = await ask(endpoint, [call], limits);
  if (result === undefined) throw new RpcError("missing", "no answer to this call");
  if (result instanceof RpcError) throw result;
  return result;
}

/**
 * Maps items with a limited number under way.
 *
 * @param limit how many at once, at least 1
 * @returns the results in the order of the items
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  async function work(): Promise<void> {
    for (const [index, item] of queue) results[index] = await map(item);
  }
  await Promise.all(
    Array.from({ length: Math.min(limit, items.length) }, work),
  );
  return results;
}
