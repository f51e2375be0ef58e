import { joinBytes } from "../util/encodings.ts";

/** The body of a response. */
export interface ResponseBody {
  readonly bytes: Uint8Array;
  /** Whether this is all of it. */
  readonly complete: boolean;
}

/**
 * Reads the body of a response up to a limit; the rest is cancelled.
 *
 * @param maxBytes after decompression
 */
export async function readBodyLimited(response: Response, maxBytes: number): Promise<ResponseBody> {
  if (maxBytes === 0) {
    await response.body?.cancel();
    return { bytes: new Uint8Array(), complete: response.body === null };
  }
  // Reading it whole is quicker.
  if ((lengthOf(response) ?? Infinity) <= maxBytes) return { bytes: await response.bytes(), complete: true };
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk.subarray(0, maxBytes - length));
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return { bytes: joinBytes(chunks, Math.min(length, maxBytes)), complete: length <= maxBytes };
}

/**
 * The length of a body that is not encoded: the runtime reads no more than that. With `transfer-encoding` the chunks
 * count, and the length does not.
 */
function lengthOf({ headers }: Response): number | undefined {
  if ((headers.get("content-encoding") ?? "") !== "" || headers.has("transfer-encoding")) return undefined;
  const length = headers.get("content-length");
  return length === null ? undefined : Number(length);
}

/** Encodings that the runtime asks for and decodes. */
const DECODED = /^(gzip|br|identity)?$/;

/** An encoding that the runtime did not decode: gzip in another spelling, or none at all, such as `utf-8`. */
export function unknownEncoding({ headers }: Response): string | undefined {
  const encoding = headers.get("content-encoding") ?? "";
  return DECODED.test(encoding) ? undefined : encoding;
}

/** A shorter `Retry-After` would come back too soon, a longer one keeps balances from ageing unseen; in milliseconds. */
const MIN_RETRY_AFTER = 1000;
const MAX_RETRY_AFTER = 60_000;

/**
 * Parses a `Retry-After` header, RFC 9110 section 10.2.3: seconds, or a date.
 *
 * @param now seconds since the Unix epoch
 * @returns milliseconds from 1,000 to 60,000; `undefined` if missing or invalid
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? "";
  const isNumber = /^\d+(\.\d+)?$/.test(text);
  // `Date.parse` accepts many texts that are not dates.
  if (!isNumber && !/[a-z].*:/i.test(text)) return undefined;
  const seconds = isNumber ? Number(text) : Date.parse(text) / 1000 - now;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(1000 * seconds, MIN_RETRY_AFTER), MAX_RETRY_AFTER);
}
