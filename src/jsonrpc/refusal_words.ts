import type { Reason, Refusal } from "./errors.ts";
import { isAboutMissingState } from "./state_words.ts";

// All of these are matched against text in lower case.

/** Too fast. Such a refusal may well speak of batches, and is still none of their size. */
const PACE = anyOf(
  /\brate\b|rate.?limit|throttl|slow down|overload|busy|\b1015\b/,
  /per (second|minute)|\d ?\/ ?s(ec|econd)?\b/,
  /too many requests(?! (in|per) )/,
);
const TOO_MANY = anyOf(
  /batch[^.]{0,60}(limit|larg|big|size|length|exceed|too many|max|more than|at most)/,
  /(too many|max|exceed|limit|more than)[^.]{0,40}(batch|items)/,
);
const TOO_BIG = anyOf(
  /(exceed|limit|max)[^.]{0,40}(body|payload|request size|response size|content length)/,
  /(request|response|body|payload|entity|content)[^.]{0,20}too long|too (large|big)/,
);
const NO_BATCH = anyOf(
  /batch\w*( (json-?rpc|requests?|calls?))?( (is|are))? (disabled|unsupported|unavailable|not (\w+ed|available))/,
  /(not? (support|allow)\w*|unsupported)( for)? batch/,
);

/** A refusal that names its period lasts until that ends, however it goes on. */
const PERIOD = /\b(daily|monthly)\b|per (day|month)\b/;
/** More gas or result than one `eth_call` may have. */
const BOUNDS = anyOf(
  /out of gas|gas (required|limit|allowance|cap)[^.]{0,20}(exceed|too|high|low|above|larger|over)|exceeds? [^.]{0,30}gas/,
  /intrinsic gas|insufficient gas|floor data gas|gas (is )?too (low|high)|(call|tx|transaction) gas[^.]{0,20}(cap|limit)/,
  /return(ed|ing)?[ -]?(data|bytes|result|size)|result[^.]{0,20}(too|exceed|limit|larg)/,
);
/** More time than one `eth_call` may have, which a node that is busy says of less. */
const TIME = /(execution|evm|call|query)[^.]{0,20}(timeout|timed? out|aborted|deadline)/;
/** A method, or a way of calling it, that is not had here. */
const UNSUPPORTED = anyOf(
  /not (supported|implemented|available|allowed|found|whitelisted|enabled)|unsupported|disabled|does not exist/,
  /too many (arguments|params|parameters)|(invalid|unexpected|extra|unknown) (argument|param|field|method)/,
  /overrid/,
);
const QUOTA = anyOf(
  /quota|billing|payment|subscription|(plan|spending|free tier) limit|capacity (limit|exceeded)/,
  /credits? (are |is )?(exhausted|exceeded|used)|out of (credits|requests)/,
);
const BRAKE = /too many(?! (arguments|param))|try again|limit (reached|exceeded)|request limit/;
const AUTH = anyOf(
  /unauthori[sz]ed|not authorized|authenticat|forbidden|access denied/,
  /api.?key|invalid (token|key|project)|project id/,
);

/**
 * Reads from its words whether a refused batch would pass with fewer items, or never.
 *
 * @param text in lower case
 */
export function refusalIn(text: string): Refusal | undefined {
  if (PACE.test(text)) return undefined;
  if (TOO_MANY.test(text) || TOO_BIG.test(text)) return "size";
  return NO_BATCH.test(text) ? "no_batch" : undefined;
}

/**
 * Reads a reason from an error's words.
 *
 * @param text in lower case
 */
export function reasonIn(text: string): Reason | undefined {
  if (isAboutMissingState(text)) return "state_unavailable";
  if (isQuota(text)) return "quota";
  if (PACE.test(text) || BRAKE.test(text)) return "throttled";
  if (AUTH.test(text)) return "auth";
  return TOO_BIG.test(text) ? "too_large" : undefined;
}

/**
 * Reads from its words whether one call was refused for the gas, result or time it takes: a smaller one would pass.
 *
 * @param text in lower case
 */
export function boundIn(text: string): "size" | "time" | undefined {
  if (PACE.test(text)) return undefined;
  if (TIME.test(text)) return "time";
  return BOUNDS.test(text) || TOO_BIG.test(text) ? "size" : undefined;
}

/**
 * Tells whether state overrides are spoken of, which nothing but this program's own call has.
 *
 * @param text in lower case
 */
export function isAboutOverrides(text: string): boolean {
  return /overrid/.test(text);
}

/**
 * Tells whether what was asked for is not had at all.
 *
 * @param text in lower case
 */
export function isUnsupported(text: string): boolean {
  return UNSUPPORTED.test(text);
}

/**
 * Tells whether a refusal is about what was paid for, and not about pace.
 *
 * @param text in lower case
 */
export function isQuota(text: string): boolean {
  return PERIOD.test(text) || QUOTA.test(text) && !PACE.test(text);
}

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join("|"));
}
