import type { Reason, Refusal } from "./errors.ts";
import { anyOf, isStateMissing } from "./state_patterns.ts";

// Patterns of error messages in lower case, with the node software or provider each is from.

/** Too many requests in a short time. Such a message may mention batches, and is not about their size. */
const isRateLimit = anyOf(
  // Alchemy "request rate too large", Ankr "call rate limit exhausted", Infura "request rate limited"
  /\brate\b|rate.?limit|throttl|slow down/,
  // erigon "server overloaded"; LlamaNodes passes on Cloudflare's "error code: 1015"
  /overload|busy|\b1015\b/,
  // Alchemy "compute units per second"; QuickNode "50/second request limit", "credits limited to 2/sec"
  /per (second|minute)|\d ?\/ ?s(ec|econd)?\b/,
  // Ankr, publicnode; not "too many requests in the batch"
  /too many requests(?! (in|per) )/,
);

/** Rate limits in words that are also used for sizes; checked after those. */
// Gateways "try again later", QuickNode "request limit reached", EIP-1474 (-32005) "limit exceeded".
const asksForRetry = anyOf(/too many(?! (arguments|param))|try again|limit (reached|exceeded)|request limit/);

/** Fewer items in a batch may pass. */
const isBatchSize = anyOf(
  // geth "batch too large", erigon "batch limit 100 exceeded", besu "number of requests in batch exceeds limit",
  // nethermind "batch size limit exceeded", BSC "batch length does not support more than 100", dRPC "batch of more than 3"
  /batch[^.]{0,60}(limit|larg|big|size|length|exceed|too many|max|more than|at most)/,
  // proxyd "too many rpc calls in batch request"; gateways "too many items", "maximum batch size"
  /(too many|max|exceed|limit|more than)[^.]{0,40}(batch|items)/,
);

/** A shorter request or response may pass. */
const isBodySize = anyOf(
  // gateways: "exceeds the maximum payload size"
  /(exceed|limit|max)[^.]{0,40}(body|payload|request size|response size|content length)/,
  // jsonrpsee (reth) "request is too big", geth "response too large", nginx "request entity too large"
  /(request|response|body|payload|entity|content)[^.]{0,20}too long|too (large|big)/,
);

/** Batches are not supported. */
const isBatchRefusal = anyOf(
  // zkEVM "batch requests are disabled", jsonrpsee "batched requests are not supported by this server"
  /batch\w*( (json-?rpc|requests?|calls?))?( (is|are))? (disabled|unsupported|unavailable|not (\w+ed|available))/,
  // gateways: "does not support batch requests", "no support for batches"
  /(not? (support|allow)\w*|unsupported)( for)? batch/,
);

/** Infura "daily request count exceeded", Alchemy "monthly capacity limit": lasts until the period ends. */
const isQuotaPeriod = anyOf(/\b(daily|monthly)\b|per (day|month)\b/);

const isQuotaUsed = anyOf(
  // Alchemy "monthly capacity limit exceeded. visit billing to upgrade"; dRPC "free tier limits"
  /quota|billing|payment|subscription|(plan|spending|free tier) limit|capacity (limit|exceeded)/,
  // Infura, QuickNode
  /credits? (are |is )?(exhausted|exceeded|used)|out of (credits|requests)/,
);

/** More gas or result than one `eth_call` may have. */
const isCallSize = anyOf(
  // geth "gas required exceeds allowance", OpenEthereum "vm execution error: outofgas: out of gas"
  /out of gas|gas (required|limit|allowance|cap)[^.]{0,20}(exceed|too|high|low|above|larger|over)|exceeds? [^.]{0,30}gas/,
  // anvil "intrinsic gas too high", geth "insufficient gas for floor data gas cost", "transaction gas limit too high (cap: …)"
  /intrinsic gas|insufficient gas|floor data gas|gas (is )?too (low|high)|(call|tx|transaction) gas[^.]{0,20}(cap|limit)/,
  // erigon, bor "call returned result on length 160128 exceeding --rpc.returndata.limit 100000"
  /return(ed|ing)?[ -]?(data|bytes|result|size)|result[^.]{0,20}(too|exceed|limit|larg)/,
);

/** More time than one `eth_call` may take: geth "execution aborted (timeout = 5s)". A busy node says so of less work. */
const isCallTime = anyOf(/(execution|evm|call|query)[^.]{0,20}(timeout|timed? out|aborted|deadline)/);

/** State overrides are mentioned, which nothing but this program's own calls have. */
export const mentionsOverrides = anyOf(/overrid/);

/** Method or parameter not supported. */
export const isUnsupported = anyOf(
  // geth "the method eth_call does not exist/is not available"; allow-lists "not whitelisted"
  /not (supported|implemented|available|allowed|found|whitelisted|enabled)|unsupported|disabled|does not exist/,
  // geth "too many arguments, want at most 2", "invalid argument 2"
  /too many (arguments|params|parameters)|(invalid|unexpected|extra|unknown) (argument|param|field|method)/,
  /overrid/,
);

const isAuth = anyOf(
  // Alchemy "must be authenticated!"
  /unauthori[sz]ed|not authorized|authenticat|forbidden|access denied/,
  // Infura "invalid project id"
  /api.?key|invalid (token|key|project)|project id/,
);

/** Returns whether a batch was refused for its size, or as a batch; `text` in lower case. */
export function batchRefusalFrom(text: string): Refusal | undefined {
  if (isRateLimit(text)) return undefined;
  if (isBatchSize(text) || isBodySize(text)) return "size";
  return isBatchRefusal(text) ? "no_batch" : undefined;
}

/** Returns the reason that an error message gives; `text` in lower case. */
export function reasonFrom(text: string): Reason | undefined {
  if (isStateMissing(text)) return "state_unavailable";
  if (isQuota(text)) return "quota";
  if (isRateLimit(text) || asksForRetry(text)) return "throttled";
  if (isAuth(text)) return "auth";
  return isBodySize(text) ? "too_large" : undefined;
}

/** Returns whether one call was refused for its gas, result or time: a smaller one may pass; `text` in lower case. */
export function callLimitFrom(text: string): "size" | "time" | undefined {
  if (isRateLimit(text)) return undefined;
  if (isCallTime(text)) return "time";
  return isCallSize(text) || isBodySize(text) ? "size" : undefined;
}

/** Returns whether a paid-for amount is used up; `text` in lower case. */
export function isQuota(text: string): boolean {
  return isQuotaPeriod(text) || isQuotaUsed(text) && !isRateLimit(text);
}
