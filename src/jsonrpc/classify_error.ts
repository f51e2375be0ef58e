import {
  batchRefusalFrom,
  callLimitFrom,
  isQuota,
  isUnsupported,
  mentionsOverrides,
  reasonFrom,
} from "./error_patterns.ts";
import { type Reason, type Refusal, RpcError } from "./errors.ts";

/** The parts of a JSON-RPC error object that are used. */
export interface ErrorBody {
  readonly code: number | undefined;
  readonly message: string;
}

/** The cause is at the beginning of a message; matching the rest would only take time. */
const MAX_MATCHED_LENGTH = 2000;

/** "Invalid request" and "parse error": servers without batches answer so to an array. */
const BARE_CODES: ReadonlySet<number | undefined> = new Set([-32600, -32700]);

const METHOD_NOT_FOUND = -32601;

/** "Method not found", "invalid params" (JSON-RPC 2.0) and "method not supported" (EIP-1474). */
const UNSUPPORTED_CODES: ReadonlySet<number | undefined> = new Set([METHOD_NOT_FOUND, -32602, -32004]);

/** Servers without batches answer so to an array. */
const BARE_STATUSES: ReadonlySet<number> = new Set([400, 405, 415, 422, 501]);

/** Reasons by status, where it is more specific than an error in the body. */
export const REASON_BY_STATUS: Readonly<Record<number, Reason>> = {
  401: "auth",
  402: "quota",
  403: "auth",
  407: "proxy",
  413: "too_large",
  429: "throttled",
};

/** Reasons by code, for messages that match no pattern. */
const REASON_BY_CODE: Readonly<Record<number, Reason>> = {
  429: "throttled",
  [-32005]: "throttled",
  [-32029]: "throttled",
  // Ankr.
  [-32090]: "throttled",
  [-32001]: "state_unavailable",
  // EIP-4444.
  4444: "state_unavailable",
  // geth: the results of a batch are too large.
  [-32003]: "too_large",
  // jsonrpsee (reth).
  [-32007]: "too_large",
  [-32008]: "too_large",
  [-32010]: "too_large",
  [-32011]: "too_large",
  // proxyd.
  [-32014]: "too_large",
};

/**
 * Classifies a JSON-RPC error.
 *
 * @param items how many items the refused request had; 1 for an item's own error
 */
export function classifyRpcError(error: ErrorBody, items = 1): RpcError {
  const { code } = error;
  const text = normalizeForMatch(error.message);
  const detail = describe(error);
  if (items === 1) return classifyCallError(code, text, detail);
  const refusal = batchRefusalFrom(text);
  if (refusal !== undefined) return new RpcError("too_large", detail, refusal);
  const reason = reasonFrom(text) ?? reasonByCode(code, text);
  // Gateways without batches, and nodes past a body limit, give no more than a code.
  const bare = reason === "too_large" || reason === "rpc_error" && BARE_CODES.has(code);
  return new RpcError(reason, detail, bare ? "size" : undefined);
}

/** One call may also ask for too much: `eth_call` has limits of gas, time and result. */
function classifyCallError(code: number | undefined, text: string, detail: string): RpcError {
  // Check "unsupported" first: its messages can contain quota, rate or state words.
  if (mentionsOverrides(text) || code === METHOD_NOT_FOUND) return new RpcError("rpc_error", detail, "unsupported");
  const limit = callLimitFrom(text);
  if (limit !== undefined) return new RpcError("too_large", detail, limit);
  const found = reasonFrom(text);
  if (UNSUPPORTED_CODES.has(code) && (found === "quota" || found === "throttled" || found === "auth")) {
    return new RpcError("rpc_error", detail, "unsupported");
  }
  const reason = found ?? reasonByCode(code, text);
  if (reason === "too_large") return new RpcError(reason, detail, "size");
  const unsupported = reason === "rpc_error" && (UNSUPPORTED_CODES.has(code) || isUnsupported(text));
  return new RpcError(reason, detail, unsupported ? "unsupported" : undefined);
}

/**
 * Classifies an HTTP status other than 2xx.
 *
 * @param text the beginning of the body
 * @param error the body as a JSON-RPC error, if it is one
 * @param items how many items the request had
 */
export function classifyStatus(status: number, text: string, error: ErrorBody | undefined, items: number): RpcError {
  const words = normalizeForMatch(error?.message ?? text);
  const detail = `HTTP ${status}${error === undefined ? "" : `, ${describe(error)}`}`;
  const fail = (reason: Reason, refusal?: Refusal): RpcError =>
    new RpcError(reason, detail, items > 1 || reason === "too_large" ? refusal : undefined);
  if (status >= 300 && status < 400) return fail("redirect");
  if ((status === 403 || status === 429) && isQuota(words)) return fail("quota");
  const specific = REASON_BY_STATUS[status];
  if (specific !== undefined) return fail(specific, specific === "too_large" ? "size" : undefined);
  const isServer = status >= 500;
  // Overloaded nodes use the codes of a size limit: only the message differs. A page of HTML is no message.
  const refusal = items > 1 && (error !== undefined || !isServer) ? batchRefusalFrom(words) : undefined;
  if (refusal !== undefined) return fail("too_large", refusal);
  const limit = items === 1 && error !== undefined ? callLimitFrom(words) : undefined;
  if (limit !== undefined) return fail("too_large", limit);
  const found = error === undefined ? undefined : reasonFrom(words);
  // A quota that is used up is 402, 403 or 429; a server that fails may be well again the next moment.
  if (found === "quota" && isServer) return fail("http_server");
  if (found !== undefined) return fail(found);
  const reason = isServer ? "http_server" : "http_client";
  if (items === 1 && error !== undefined && (UNSUPPORTED_CODES.has(error.code) || isUnsupported(words))) {
    return new RpcError(reason, detail, "unsupported");
  }
  return fail(reason, BARE_STATUSES.has(status) || BARE_CODES.has(error?.code) ? "size" : undefined);
}

function describe({ code, message }: ErrorBody): string {
  return `${code ?? "no code"}: ${message}`;
}

function normalizeForMatch(text: string): string {
  return text.slice(0, MAX_MATCHED_LENGTH).toLowerCase();
}

function reasonByCode(code: number | undefined, text: string): Reason {
  // geth: the rest of a batch that took too long; elsewhere it is "resource unavailable".
  if (code === -32002 && text.includes("time")) return "too_large";
  return REASON_BY_CODE[code ?? NaN] ?? "rpc_error";
}
