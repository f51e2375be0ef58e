import { describeError } from "../util/errors.ts";
import type { Call } from "./call.ts";
import { classifyStatus } from "./classify_refusal.ts";
import { errorBodyOf, type Ids, indexOf, isObject, matchReplies, type Reply } from "./match_replies.ts";
import { parseAnswer } from "./parse_answer.ts";
import type { Answer } from "./post.ts";
import { RpcError } from "./errors.ts";

/**
 * Reads the answer to one request: parses it, hands each reply to its call, and decodes it.
 *
 * @param calls what was asked
 * @param ids of the calls
 * @param answer what came back
 * @returns for every call its decoded result, or why there is none
 * @throws {RpcError} when the answer refuses the request as a whole, or is none at all
 */
export function readAnswer<T>(calls: readonly Call<T>[], ids: Ids, answer: Answer): readonly (T | RpcError)[] {
  const replies = matchReplies(ids, parse(answer, ids));
  return calls.map((call, index) => decodeReply(call, replies[index]));
}

/** Statuses that say more than an error in the body does. */
const TELLING_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 407, 413, 429]);

function parse({ status, text, encoding }: Answer, ids: Ids): unknown {
  const parsed = parseAnswer(text);
  const isGood = status >= 200 && status < 300;
  if (typeof parsed === "object") {
    if (isGood || isAnswer(status, parsed.value, ids)) return parsed.value;
    const only: unknown = Array.isArray(parsed.value) ? parsed.value[0] : parsed.value;
    const error = isObject(only) ? errorBodyOf(only["error"]) : undefined;
    throw classifyStatus(status, text, error, ids.count);
  }
  if (!isGood) throw classifyStatus(status, text, undefined, ids.count);
  if (encoding !== undefined) throw new RpcError("protocol", `an encoding that nobody asked for: ${encoding}`);
  if (parsed === "duplicate_key") throw new RpcError("envelope", "two members of one name in an object");
  throw new RpcError("not_json", "the answer is not JSON");
}

/**
 * Some servers answer with an error status as soon as one item of a batch fails, such as jsonrpc4j (RSK): what has
 * the ids of the calls is the node's answer to them. Redirects are none, and some statuses outrank errors.
 */
function isAnswer(status: number, value: unknown, ids: Ids): boolean {
  if (status < 400) return false;
  const items: readonly unknown[] = Array.isArray(value) ? value : ids.count === 1 ? [value] : [];
  return items.some((item) => {
    if (!isObject(item) || indexOf(item, ids) === undefined) return false;
    if ((item["result"] ?? null) !== null) return true;
    return !TELLING_STATUSES.has(status) && errorBodyOf(item["error"]) !== undefined;
  });
}

function decodeReply<T>(call: Call<T>, reply: Reply | undefined): T | RpcError {
  try {
    if (!(reply instanceof RpcError)) return call.decode(reply?.result);
    const error = call.classify?.(reply) ?? reply;
    return call.recover === undefined ? error : call.recover(error);
  } catch (error) {
    return error instanceof RpcError ? error : new RpcError("internal", `bug in a decoder: ${describeError(error)}`);
  }
}
