import { boundIn, isAboutOverrides, isQuota, isUnsupported, reasonIn, refusalIn } from "./refusal_words.ts";
import { type Reason, type Refusal, RpcError } from "./errors.ts";

/** A JSON-RPC error object, as far as it is one. */
export interface ErrorBody {
  readonly code: number | undefined;
  readonly message: string;
}

/** More of a text than this tells no more, and would only take time. */
const TELLING_LENGTH = 2000;

/** "Invalid request" and "parse error": what is said of a list by those who did not expect one. */
const BARE_CODES: ReadonlySet<number | undefined> = new Set([-32600, -32700]);

const METHOD_NOT_FOUND = -32601;

/** "Method not found", "invalid params" and "method not supported", as JSON-RPC 2.0 and EIP-1474 have them. */
const UNSUPPORTED_CODES: ReadonlySet<number | undefined> = new Set([METHOD_NOT_FOUND, -32602, -32004]);

/** What servers answer to a list who did not expect one. */
const BARE_STATUSES: ReadonlySet<number> = new Set([400, 405, 415, 422, 501]);

/**
 * Names a JSON-RPC error.
 *
 * @param error the error object
 * @param items how many items the refused request had; 1 for an item's own error
 */
export function classifyRpcError(error: ErrorBody, items = 1): RpcError {
  const { code } = error;
  const text = telling(error.message);
  const detail = `${code ?? "no code"}: ${error.message}`;
  if (items === 1) return classifyCallError(code, text, detail);
  const refusal = refusalIn(text);
  if (refusal !== undefined) return new RpcError("too_large", detail, refusal);
  const reason = reasonIn(text) ?? reasonOfCode(code, text);
  // Gateways without batches, and nodes past a body limit, refuse the whole with no more than a code.
  const bare = reason === "too_large" || reason === "rpc_error" && BARE_CODES.has(code);
  return new RpcError(reason, detail, bare ? "size" : undefined);
}

/** One call may ask for too much as well: `eth_call` has bounds of gas, time and result. */
function classifyCallError(code: number | undefined, text: string, detail: string): RpcError {
  // What is not had may be said in words of quotas, rates and states too.
  if (isAboutOverrides(text) || code === METHOD_NOT_FOUND) return new RpcError("rpc_error", detail, "unsupported");
  const bound = boundIn(text);
  if (bound !== undefined) return new RpcError("too_large", detail, bound);
  const told = reasonIn(text);
  if (UNSUPPORTED_CODES.has(code) && (told === "quota" || told === "throttled" || told === "auth")) {
    return new RpcError("rpc_error", detail, "unsupported");
  }
  const reason = told ?? reasonOfCode(code, text);
  if (reason === "too_large") return new RpcError(reason, detail, "size");
  const unsupported = reason === "rpc_error" && (UNSUPPORTED_CODES.has(code) || isUnsupported(text));
  return new RpcError(reason, detail, unsupported ? "unsupported" : undefined);
}

/**
 * Names an HTTP status other than 2xx.
 *
 * @param status the status
 * @param text the beginning of the body
 * @param error the body as a JSON-RPC error, if it is one
 * @param items how many items the request had
 */
export function classifyStatus(
  status: number,
  text: string,
  error: ErrorBody | undefined,
  items: number,
): RpcError {
  const said = error === undefined ? "" : `, ${error.code ?? "no code"}: ${error.message}`;
  const words = telling(error?.message ?? text);
  const fail = (reason: Reason, refusal?: Refusal): RpcError =>
    new RpcError(reason, `HTTP ${status}${said}`, items > 1 || reason === "too_large" ? refusal : undefined);
  if (status >= 300 && status < 400) return fail("redirect");
  if (status === 401) return fail("auth");
  if (status === 402) return fail("quota");
  if (status === 403) return fail(isQuota(words) ? "quota" : "auth");
  if (status === 407) return fail("proxy");
  if (status === 413) return fail("too_large", "size");
  if (status === 429) return fail(isQuota(words) ? "quota" : "throttled");
  const isServer = status >= 500;
  // An overloaded node uses the same codes as one that refuses a size: only its words tell. Pages are no words.
  const refusal = items > 1 && (error !== undefined || !isServer) ? refusalIn(words) : undefined;
  if (refusal !== undefined) return fail("too_large", refusal);
  const bound = items === 1 && error !== undefined ? boundIn(words) : undefined;
  if (bound !== undefined) return fail("too_large", bound);
  const told = error === undefined ? undefined : reasonIn(words);
  // What is used up is told by 402, 403 and 429; a server that fails may be well again the next moment.
  if (told === "quota" && isServer) return fail("http_server");
  if (told !== undefined) return fail(told);
  if (items === 1 && error !== undefined && (UNSUPPORTED_CODES.has(error.code) || isUnsupported(words))) {
    return new RpcError(isServer ? "http_server" : "http_client", `HTTP ${status}${said}`, "unsupported");
  }
  const bare = BARE_STATUSES.has(status) || BARE_CODES.has(error?.code);
  return fail(isServer ? "http_server" : "http_client", bare ? "size" : undefined);
}

function telling(text: string): string {
  return text.slice(0, TELLING_LENGTH).toLowerCase();
}

function reasonOfCode(code: number | undefined, text: string): Reason {
  switch (code) {
    case -32002:
      // The rest of a batch that took too long; of others it is "resource unavailable".
      return /time/.test(text) ? "too_large" : "rpc_error";
    case 429:
    case -32005:
    case -32029:
    case -32090:
      return "throttled";
    case -32001:
    // Pruned history, EIP-4444.
    case 4444:
      return "state_unavailable";
    case -32003:
    case -32007:
    case -32008:
    case -32010:
    case -32011:
    case -32014:
      return "too_large";
    default:
      return "rpc_error";
  }
}
