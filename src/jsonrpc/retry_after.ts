/** Pauses that an endpoint may ask for, in milliseconds: what is shorter or longer is taken as these. */
const SHORTEST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/**
 * Reads a `Retry-After` header, RFC 9110 section 10.2.3: seconds, or a date.
 *
 * @param value the header; `null` when there is none
 * @param now the present, in seconds since the Unix epoch
 * @returns milliseconds from 1,000 to 60,000; `undefined` without a header, or when it makes no sense
 */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? "";
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(dated(text)) / 1000 - now;
  if (Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(1000 * seconds, SHORTEST_PAUSE), LONGEST_PAUSE);
}

/** A date has letters and a colon; `Date.parse` takes many other texts for one. */
function dated(text: string): string {
  return /[a-z].*:/i.test(text) ? text : "";
}
