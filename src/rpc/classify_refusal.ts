import { type Reason, type Refusal, RpcError } from "./rpc_error.ts";

/** A JSON-RPC error object, as far as it is one. */
export interface ErrorBody {
  readonly code: number | undefined;
  readonly message: string;
}

const NO_BATCH =
  /batch(es|ing)?( json-?rpc| requests?| calls?)? (is|are|not)? ?(disabled|not|un)|not? (support|allow)\w* batch/;
const SIZE =
  /batch.{0,40}(limit|large|big|size|length|exceed|too many|max)|(too|max|exceed|limit).{0,40}(batch|items|body|payload|request size|response size|content length)|(request|response|body|payload|entity|content).{0,20}(too|large|big)|too (large|big)/;
const QUOTA =
  /quota|billing|payment|subscription|monthly|daily|credits? (are |is )?(exhausted|exceeded|used)|capacity (limit|exceeded)|out of (credits|requests)|plan limit|spending limit/;
const THROTTLE =
  /rate.?limit|rate exceeded|too many|throttl|per second|per minute|\/s(ec)?\b|try again|slow down|overload|busy|limit (reached|exceeded)|request limit|1015/;
const AUTH =
  /unauthori[sz]ed|forbidden|api.?key|access denied|authenticat|invalid (token|key|project)|not authorized|project id/;
const STATE =
  /missing trie node|header not found|unknown block|block (\w+ )?not (found|available)|pruned|state .{0,30}(not available|unavailable)|historical state|ancient|not.{0,10}synced|is syncing/;

/** "Invalid request" and "parse error": what is said of a list by those who did not expect one. */
const BARE_CODES: ReadonlySet<number | undefined> = new Set([-32600, -32700]);

/**
 * Names a JSON-RPC error.
 *
 * @param error the error object
 * @param items how many items the refused request had; 1 for an item's own error
 */
export function classifyRpcError(error: ErrorBody, items = 1): RpcError {
  const { code } = error;
  const text = error.message.toLowerCase();
  const detail = `${code ?? "no code"}: ${error.message}`;
  const many = items > 1;
  if (many && NO_BATCH.test(text)) {
    return new RpcError("too_large", detail, "no_batch");
  }
  if (many && SIZE.test(text)) return new RpcError("too_large", detail, "size");
  const reason = reasonOf(text) ?? reasonOfCode(code);
  // Gateways without batches, and nodes past a body limit, refuse the whole with no more than a code.
  const bare = reason === "too_large" || reason === "rpc_error" && BARE_CODES.has(code);
  return new RpcError(reason, detail, many && bare ? "size" : undefined);
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
  const detail = `HTTP ${status}${said}`;
  const lower = (error?.message ?? text.slice(0, 2000)).toLowerCase();
  const fail = (reason: Reason, refusal?: Refusal): RpcError => new RpcError(reason, detail, refusal);
  if (status >= 300 && status < 400) return fail("redirect");
  if (status === 401) return fail("auth");
  if (status === 402) return fail("quota");
  if (status === 403) return fail(QUOTA.test(lower) ? "quota" : "auth");
  if (status === 407) return fail("proxy");
  if (status === 429) return fail("throttled");
  const many = items > 1;
  if (status === 413) return fail("too_large", many ? "size" : undefined);
  if (many && NO_BATCH.test(lower)) return fail("too_large", "no_batch");
  // An overloaded node uses the same codes as one that refuses a size: only its words tell.
  if (many && error !== undefined && SIZE.test(lower)) {
    return fail("too_large", "size");
  }
  return fail(status >= 500 ? "http_server" : "http_client");
}

function reasonOf(text: string): Reason | undefined {
  if (STATE.test(text)) return "state_unavailable";
  if (QUOTA.test(text)) return "quota";
  if (THROTTLE.test(text)) return "throttled";
  if (AUTH.test(text)) return "auth";
  return SIZE.test(text) ? "too_large" : undefined;
}

function reasonOfCode(code: number | undefined): Reason {
  switch (code) {
    case 429:
    case -32005:
    case -32029:
    case -32090:
      return "throttled";
    case -32003:
    case -32007:
    case -32010:
    case -32014:
      return "too_large";
    default:
      return "rpc_error";
  }
}
