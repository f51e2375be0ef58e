import { describeError } from "../util/errors.ts";
import type { Call } from "./call.ts";
import { classifyStatus, REASON_BY_STATUS } from "./classify_error.ts";
import { errorBodyOf, indexOf, isObject, matchReplies, type Reply } from "./match_replies.ts";
import { RpcError } from "./errors.ts";
import { parseAnswer } from "./parse_answer.ts";
import type { Answer } from "./post.ts";
import type { Ids } from "./request_ids.ts";

/**
 * Parses the response to a request, delivers each reply to its call, and decodes it.
 *
 * @returns for every call its decoded result, or its error
 * @throws {RpcError} if the response refuses the request as a whole, or is not a JSON-RPC response
 */
export function readAnswer<T>(calls: readonly Call<T>[], ids: Ids, answer: Answer): readonly (T | RpcError)[] {
  const replies = matchReplies(ids, parse(answer, ids));
  return calls.map((call, index) => decodeReply(call, replies[index]));
}

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
  if (encoding !== undefined) throw new RpcError("protocol", `a Content-Encoding that was not requested: ${encoding}`);
  if (parsed === "duplicate_key") throw new RpcError("envelope", "duplicate member in an object");
  throw new RpcError("not_json", "the response is not JSON");
}

/**
 * Some servers use an error status as soon as one item of a batch fails, such as jsonrpc4j (RSK): a body with the ids of
 * the calls is their response all the same, unless it is a redirect or the status is more specific.
 */
function isAnswer(status: number, value: unknown, ids: Ids): boolean {
  if (status < 400) return false;
  const items: readonly unknown[] = Array.isArray(value) ? value : ids.count === 1 ? [value] : [];
  return items.some((item) => {
    if (!isObject(item) || indexOf(item, ids) === undefined) return false;
    if ((item["result"] ?? null) !== null) return true;
    return REASON_BY_STATUS[status] === undefined && errorBodyOf(item["error"]) !== undefined;
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
