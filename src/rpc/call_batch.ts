import { classifyStatus } from "./classify_refusal.ts";
import type { Deadline } from "./deadline.ts";
import type { Endpoint } from "./endpoint.ts";
import { errorBodyOf, type Ids, matchReplies, type Reply } from "./match_replies.ts";
import { type Answer, post } from "./post.ts";
import { type Reason, RpcError } from "./rpc_error.ts";

/** One JSON-RPC call and how its result is read. */
export interface Call<T> {
  readonly method: string;
  /** The parameters as JSON text: an array. */
  readonly params: string;
  /** The most bytes the answer to this call may have. */
  readonly answerBytes: number;
  /** Reads the result; throws {@linkcode RpcError} when it is not what was asked for. */
  readonly decode: (result: unknown) => T;
}

/** Room for the envelope, and for an error in place of an answer. */
const SPARE_BYTES = 4096;

/** Ids are never used twice, so that an answer to another request cannot pass for one to this. */
let nextId = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;

/** Ids of one batch are this far apart at least. */
const SMALLEST_STEP = 100;

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
  const ids = takeIds(calls.length);
  const body = bodyOf(calls, ids);
  const started = endpoint.clock.now();
  const reasons = new Set<Reason>();
  let receivedBytes = 0;
  try {
    const mostBytes = calls.reduce(
      (sum, call) => sum + call.answerBytes,
      SPARE_BYTES,
    );
    const answer = await post(endpoint, body, mostBytes, deadline);
    receivedBytes = answer.receivedBytes;
    const replies = matchReplies(ids, parse(answer, calls.length));
    const results = calls.map((call, index) => decodeReply(call, replies[index]));
    for (const result of results) {
      if (result instanceof RpcError) reasons.add(result.reason);
    }
    return results;
  } catch (error) {
    const failure = error instanceof RpcError ? error : new RpcError("envelope", "the answer could not be read");
    reasons.add(failure.reason);
    throw failure;
  } finally {
    endpoint.meter.request({
      calls: countMethods(calls),
      sentBytes: body.length,
      receivedBytes,
      seconds: (endpoint.clock.now() - started) / 1000,
      reasons,
    });
  }
}

function takeIds(count: number): Ids {
  const ids = { first: nextId, step: SMALLEST_STEP + Math.floor(Math.random() * SMALLEST_STEP), count };
  nextId += ids.step * count;
  return ids;
}

function bodyOf(calls: readonly Call<unknown>[], { first, step }: Ids): string {
  const items = calls.map(({ method, params }, index) =>
    `{"jsonrpc":"2.0","id":${first + step * index},"method":"${method}","params":${params}}`
  );
  return items.length === 1 ? items.join() : `[${items.join()}]`;
}

function parse({ status, text }: Answer, items: number): unknown {
  const body = parseJson(text);
  if (status >= 200 && status < 300) {
    if (body instanceof SyntaxError) {
      throw new RpcError("not_json", "the answer is not JSON");
    }
    return body;
  }
  const only: unknown = Array.isArray(body) ? body[0] : body;
  const error = typeof only === "object" && only !== null && "error" in only ? errorBodyOf(only.error) : undefined;
  throw classifyStatus(status, text, error, items);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new SyntaxError();
  }
}

function decodeReply<T>(call: Call<T>, reply: Reply | undefined): T | RpcError {
  if (reply instanceof RpcError) return reply;
  try {
    return call.decode(reply?.result);
  } catch (error) {
    return error instanceof RpcError ? error : new RpcError("bad_value", "the result could not be read");
  }
}

function countMethods(
  calls: readonly Call<unknown>[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { method } of calls) {
    counts.set(method, (counts.get(method) ?? 0) + 1);
  }
  return counts;
}
