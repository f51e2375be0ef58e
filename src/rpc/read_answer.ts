import { describeError } from "../describe_error.ts";
import type { Call } from "./call.ts";
import { classifyStatus } from "./classify_refusal.ts";
import { errorBodyOf, type Ids, isObject, matchReplies, type Reply } from "./match_replies.ts";
import type { Answer } from "./post.ts";
import { RpcError } from "./rpc_error.ts";

/** No answer to what is asked here is nested deeper; parsing what is takes long and gives nothing. */
const DEEPEST = 32;

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
  const replies = matchReplies(ids, parse(answer, calls.length));
  return calls.map((call, index) => decodeReply(call, replies[index]));
}

function parse({ status, text }: Answer, items: number): unknown {
  const body = parseJson(text);
  if (status >= 200 && status < 300) {
    if (body instanceof SyntaxError) throw new RpcError("not_json", "the answer is not JSON");
    return body;
  }
  const only: unknown = Array.isArray(body) ? body[0] : body;
  const error = isObject(only) ? errorBodyOf(only["error"]) : undefined;
  throw classifyStatus(status, text, error, items);
}

function parseJson(text: string): unknown {
  if (isDeep(text)) return new SyntaxError();
  try {
    return JSON.parse(text);
  } catch {
    return new SyntaxError();
  }
}

/** Brackets inside of strings count as well: no honest answer has so many. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

function decodeReply<T>(call: Call<T>, reply: Reply | undefined): T | RpcError {
  if (reply instanceof RpcError) return call.classify?.(reply) ?? reply;
  try {
    return call.decode(reply?.result);
  } catch (error) {
    return error instanceof RpcError ? error : new RpcError("internal", `bug in a decoder: ${describeError(error)}`);
  }
}
