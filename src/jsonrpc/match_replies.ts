import { classifyRpcError, type ErrorBody } from "./classify_error.ts";
import { RpcError } from "./errors.ts";
import type { Ids } from "./request_ids.ts";

/** The reply to one call: the parsed result, or its error. */
export type Reply = { readonly result: unknown } | RpcError;

/**
 * Delivers every reply to its call, by id and nothing else: the order does not matter. A reply that is missing,
 * malformed, or contradicted by another with its id fails that call alone; replies with other ids are ignored.
 *
 * @param ids of the calls, in their order
 * @param body the parsed response: an array of replies, or one reply
 * @returns one reply per call, in the order of the calls
 * @throws {RpcError} if the response refuses the whole batch, or is not a JSON-RPC response
 */
export function matchReplies(ids: Ids, body: unknown): readonly Reply[] {
  const items = Array.isArray(body) ? body : [body];
  const refused = wholeRefusal(ids, items);
  if (refused !== undefined) throw refused;
  if (ids.count > 1 && !Array.isArray(body)) throw new RpcError("envelope", "a single reply to a batch");

  const firsts = new Array<Item | undefined>(ids.count).fill(undefined);
  const contradicted = new Set<number>();
  const others: Item[] = [];
  for (const item of items) {
    if (!isObject(item)) continue;
    const index = indexOf(item, ids);
    if (index === undefined) {
      others.push(item);
      continue;
    }
    const first = firsts[index];
    if (first === undefined) firsts[index] = item;
    // A repeated reply is harmless.
    else if (contentOf(item) !== contentOf(first)) contradicted.add(index);
  }
  const hasOtherId = others.some(({ id }) => typeof id === "number" || typeof id === "string");
  const detail = hasOtherId ? "the ids in the response are not those of the calls" : "no reply to this call";
  const missing = others.map(errorWithoutId).find((error) => error !== undefined) ?? new RpcError("missing", detail);
  return firsts.map((first, index) => {
    if (contradicted.has(index)) return new RpcError("integrity", "two different replies to one call");
    return first === undefined ? missing : replyOf(first);
  });
}

/** After this many characters the `data` of an error is a stack trace. */
const MAX_DATA_LENGTH = 200;

type Item = Readonly<Record<string, unknown>>;

/** One error in place of all replies: an object, an array of nothing else, or the same about batches for each call. */
function wholeRefusal(ids: Ids, items: readonly unknown[]): RpcError | undefined {
  const [only] = items;
  if (items.length > 1) return commonRefusal(items);
  if (!isObject(only)) return new RpcError("envelope", "neither a reply nor an array of replies");
  if (ids.count === 1 && indexOf(only, ids) === 0) return undefined;
  const error = errorBodyOf(only["error"]);
  // An error without an id still is the reply to a single call.
  return error !== undefined && (only["result"] ?? null) === null ? classifyRpcError(error, ids.count) : undefined;
}

/** The same error for every item is treated as a refusal of the batch, if it makes sense for one. */
function commonRefusal(items: readonly unknown[]): RpcError | undefined {
  const [first] = items;
  if (!isObject(first)) return undefined;
  const error = errorBodyOf(first["error"]);
  const refused = error && classifyRpcError(error, items.length);
  if (refused?.reason !== "too_large") return undefined;
  const content = contentOf(first);
  return items.every((item) => isObject(item) && contentOf(item) === content) ? refused : undefined;
}

/** Finds the call of a reply by its id: a number, or the same number as a string. */
export function indexOf({ id }: Item, { first, step, count }: Ids): number | undefined {
  const number = typeof id === "string" && String(Number(id)) === id ? Number(id) : id;
  if (typeof number !== "number") return undefined;
  const index = (number - first) / step;
  return Number.isInteger(index) && index >= 0 && index < count ? index : undefined;
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
  return body === undefined ? new RpcError("envelope", "the error is not an object") : classifyRpcError(body);
}

/** An error without an id explains the calls without a reply better than that they have none. */
function errorWithoutId({ id, error }: Item): RpcError | undefined {
  const body = id === null || id === undefined ? errorBodyOf(error) : undefined;
  if (body === undefined) return undefined;
  const { reason, message } = classifyRpcError(body);
  return new RpcError(reason, message);
}

/** Returns code and message of an `error` member, or `undefined` if it is not an object. */
export function errorBodyOf(error: unknown): ErrorBody | undefined {
  if (!isObject(error)) return undefined;
  const { code, message, data } = error;
  return {
    code: typeof code === "number" ? code : undefined,
    message: (typeof message === "string" ? message : "no message") + textOf(data),
  };
}

/** Some nodes have the cause here: "VM execution error." with "Reverted 0x…", "Internal error" with an exception. */
function textOf(data: unknown): string {
  if (typeof data !== "string" || /^\s*(0x|$)/.test(data)) return "";
  return `: ${data.slice(0, MAX_DATA_LENGTH).replace(/\n.*/s, "")}`;
}

function contentOf({ result, error }: Item): string {
  return JSON.stringify([result, error]);
}

/** Returns whether a parsed value is an object, and not an array. */
export function isObject(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
