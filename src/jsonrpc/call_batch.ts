import type { Deadline } from "../http/deadline.ts";
import { type Call, serializeCalls } from "./call.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Reason, REASONS, RpcError } from "./errors.ts";
import { post } from "./post.ts";
import { readAnswer } from "./read_answer.ts";
import { takeIds } from "./request_ids.ts";

/** For the envelope, and for an error in place of results. */
const ENVELOPE_BYTES = 4096;

/**
 * Sends calls in one request: as a batch, or as a plain call if there is one.
 *
 * @param calls one or more
 * @param deadline covers everything up to the last decoded answer
 * @returns for every call its decoded result, or its error
 * @throws {RpcError} if the request as a whole failed; its `refusal` is set if fewer calls may pass
 */
export async function callBatch<T>(
  endpoint: Endpoint,
  calls: readonly Call<T>[],
  deadline: Deadline,
): Promise<readonly (T | RpcError)[]> {
  if (deadline.signal.aborted) throw new RpcError("timeout", "no time left for a request");
  const { clock, pacer, meter } = endpoint;
  const ids = takeIds(calls.length);
  const body = serializeCalls(calls, ids);
  const started = clock.now();
  const reasons = new Set<Reason>();
  let receivedBytes = 0;
  let retryAfter: number | undefined;
  try {
    const maxBytes = calls.reduce((sum, { answerBytes }) => sum + answerBytes, ENVELOPE_BYTES);
    const answer = await post(endpoint, body, maxBytes, deadline);
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
    const failed = reasons.values().some((reason) => REASONS[reason].scope !== "chain");
    if (reasons.has("throttled") || failed && retryAfter !== undefined) pacer.onThrottled(retryAfter);
    else if (!failed) pacer.onAnswered();
    const seconds = (clock.now() - started) / 1000;
    const methods = [...Map.groupBy(calls, ({ method }) => method)].map(([method, { length }]) =>
      [method, length] as const
    );
    meter.recordRequest({ calls: new Map(methods), sentBytes: body.length, receivedBytes, seconds, reasons });
  }
}
