import type { Call } from "./call.ts";
import type { Deadline } from "../http/deadline.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Ids } from "./match_replies.ts";
import { post } from "./post.ts";
import { readAnswer } from "./read_answer.ts";
import { REQUEST_IDS } from "./take_ids.ts";
import { type Reason, REASONS, RpcError } from "./errors.ts";

/** Room for the envelope, and for an error in place of an answer. */
const SPARE_BYTES = 4096;

/**
 * Sends calls in one request: as a batch, or as a plain call when there is one.
 *
 * @param endpoint where to
 * @param calls one or more
 * @param deadline covers everything up to the last decoded answer
 * @returns for every call its decoded result, or why there is none
 * @throws {RpcError} when the request as a whole failed; its `refusal` is set when fewer calls may pass
 */
export async function callBatch<T>(
  endpoint: Endpoint,
  calls: readonly Call<T>[],
  deadline: Deadline,
): Promise<readonly (T | RpcError)[]> {
  if (deadline.signal.aborted) throw new RpcError("timeout", "no time was left to ask");
  const ids = REQUEST_IDS.take(calls.length);
  const body = bodyOf(calls, ids);
  const started = endpoint.clock.now();
  const reasons = new Set<Reason>();
  let receivedBytes = 0;
  let retryAfter: number | undefined;
  try {
    const mostBytes = calls.reduce((sum, { answerBytes }) => sum + answerBytes, SPARE_BYTES);
    const answer = await post(endpoint, body, mostBytes, deadline);
    ({ receivedBytes, retryAfter } = answer);
    const results = readAnswer(calls, ids, answer);
    for (const [index, result] of results.entries()) {
      const errors = result instanceof RpcError ? [result] : calls[index]?.errorsIn?.(result) ?? [];
      for (const { reason } of errors) reasons.add(reason);
    }
    return results;
  } catch (thrown) {
    const error = thrown instanceof RpcError && calls.length === 1 ? calls[0]?.classify?.(thrown) ?? thrown : thrown;
    if (error instanceof RpcError) reasons.add(error.reason);
    throw error;
  } finally {
    REQUEST_IDS.release(ids);
    const failed = [...reasons].some((reason) => REASONS[reason].scope !== "chain");
    if (reasons.has("throttled") || failed && retryAfter !== undefined) endpoint.pacer.refused(retryAfter);
    else if (!failed) endpoint.pacer.answered();
    endpoint.meter.recordRequest({
      calls: countMethods(calls),
      sentBytes: body.length,
      receivedBytes,
      seconds: (endpoint.clock.now() - started) / 1000,
      reasons,
    });
  }
}

function bodyOf(calls: readonly Call<unknown>[], { first, step }: Ids): string {
  const items = calls.map(({ method, params }, index) =>
    `{"jsonrpc":"2.0","id":${first + step * index},"method":"${method}","params":${params}}`
  );
  return items.length === 1 ? items.join() : `[${items.join()}]`;
}

function countMethods(calls: readonly Call<unknown>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { method } of calls) {
    counts.set(method, (counts.get(method) ?? 0) + 1);
  }
  return counts;
}
