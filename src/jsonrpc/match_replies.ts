import { classifyRpcError, type ErrorBody } from "./classify_refusal.ts";
import { RpcError } from "./errors.ts";

/** An answer to one call: the result as it was parsed, or why there is none. */
export type Reply = { readonly result: unknown } | RpcError;

/**
 * The ids of a batch: `first`, `first + step`, … They leave gaps, so that an
 * answer whose id is a little off belongs to no call, and not to its neighbour.
 */
export interface Ids {
  readonly first: number;
  readonly step: number;
  /** How many calls were sent. */
  readonly count: number;
}

/**
 * Hands every answer to the call it belongs to, by id and nothing else. Order
 * does not matter; what is missing, doubled with another content, or malformed
 * fails that call alone. Answers to nothing that was asked are ignored.
 *
 * @param ids of the calls, in their order
 * @param body the parsed answer: an array of replies, or one reply
 * @returns one reply a call, in the order of the calls
 * @throws {RpcError} when the body refuses the whole batch, or is no answer at all
 */
export function matchReplies(ids: Ids, body: unknown): readonly Reply[] {
  const items = Array.isArray(body) ? body : [body];
  const refused = wholeRefusal(ids, items);
  if (refused !== undefined) throw refused;
  if (ids.count > 1 && !Array.isArray(body)) throw new RpcError("envelope", "one answer to a list of calls");

  const replies: (Reply | undefined)[] = new Array(ids.count).fill(undefined);
  const firsts: (Item | undefined)[] = new Array(ids.count).fill(undefined);
  let unaddressed: RpcError | undefined;
  let hasOtherId = false;
  for (const item of items) {
    if (!isObject(item)) continue;
    const index = indexOf(item, ids);
    if (index === undefined) {
      unaddressed ??= unaddressedError(item);
      hasOtherId ||= typeof item["id"] === "number" || typeof item["id"] === "string";
      continue;
    }
    const first = firsts[index];
    if (first === undefined) {
      replies[index] = replyOf(item);
      firsts[index] = item;
      continue;
    }
    // The same answer twice is a stutter; two answers to one question are no answer.
    if (contentOf(item) !== contentOf(first)) {
      replies[index] = new RpcError("integrity", "two different answers to one call");
    }
  }
  const missing = unaddressed ??
    new RpcError("missing", hasOtherId ? "the ids in the answer are not those of the calls" : "no answer to this call");
  return replies.map((reply) => reply ?? missing);
}

/** More of the `data` of an error is a stack trace. */
const MAX_DATA = 200;

type Item = Readonly<Record<string, unknown>>;

/** One error in place of all answers: an object, an array that holds nothing else, or the same about batches for each call. */
function wholeRefusal(ids: Ids, items: readonly unknown[]): RpcError | undefined {
  const [only] = items;
  if (items.length > 1) return commonRefusal(items);
  if (!isObject(only)) return new RpcError("envelope", "neither an answer nor a list of answers");
  if (ids.count === 1 && indexOf(only, ids) === 0) return undefined;
  const error = errorBodyOf(only["error"]);
  // With one call, an error without its id still answers that call.
  return error !== undefined && (only["result"] ?? null) === null ? classifyRpcError(error, ids.count) : undefined;
}

/** What is said alike of every call of a batch may be about the batch: of one call it would make no sense. */
function commonRefusal(items: readonly unknown[]): RpcError | undefined {
  const [first] = items;
  const error = isObject(first) ? errorBodyOf(first["error"]) : undefined;
  if (error === undefined || !isObject(first)) return undefined;
  const refused = classifyRpcError(error, items.length);
  if (refused.reason !== "too_large") return undefined;
  const said = contentOf(first);
  return items.every((item) => isObject(item) && contentOf(item) === said) ? refused : undefined;
}

/**
 * Finds the call that a reply belongs to, by its id: a number or the same as text.
 *
 * @returns `undefined` when it belongs to none
 */
export function indexOf({ id }: Item, { first, step, count }: Ids): number | undefined {
  const number = typeof id === "string" && String(Number(id)) === id ? Number(id) : id;
  if (typeof number !== "number") return undefined;
  const place = (number - first) / step;
  return Number.isInteger(place) && place >= 0 && place < count ? place : undefined;
}

function replyOf(item: Item): Reply {
  const { result, error } = item;
  const hasResult = Object.hasOwn(item, "result");
  if (error === undefined || error === null) {
    return hasResult ? { result } : new RpcError("envelope", "neither a result nor an error");
  }
  if (hasResult && result !== null) {
    return new RpcError("envelope", "both a result and an error");
  }
  const body = errorBodyOf(error);
  return body === undefined ? new RpcError("envelope", "an error that is no object") : classifyRpcError(body);
}

/** An error that names no call: it is the best there is to say about those left without an answer. */
function unaddressedError({ id, error }: Item): RpcError | undefined {
  const body = id === null || id === undefined ? errorBodyOf(error) : undefined;
  if (body === undefined) return undefined;
  const classified = classifyRpcError(body);
  return new RpcError(classified.reason, classified.message);
}

/**
 * Looks at what stands under `error`.
 *
 * @param error any parsed value
 * @returns its code and message, or `undefined` when it is no error object
 */
export function errorBodyOf(error: unknown): ErrorBody | undefined {
  if (!isObject(error)) return undefined;
  const { code, message, data } = error;
  return {
    code: typeof code === "number" ? code : undefined,
    message: (typeof message === "string" ? message : "no message") + wordsOf(data),
  };
}

/** Some nodes put what matters there: "VM execution error." with "Reverted 0x…", "Internal error" with an exception. */
function wordsOf(data: unknown): string {
  if (typeof data !== "string" || /^\s*(0x|$)/.test(data)) return "";
  return `: ${data.slice(0, MAX_DATA).split("\n", 1)[0] ?? ""}`;
}

function contentOf({ result, error }: Item): string {
  return JSON.stringify([result, error]);
}

/** Tells whether a parsed value is an object with names. */
export function isObject(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
