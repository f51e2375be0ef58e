/**
 * The second line of defence for secrets: removes them by value from every text that leaves the process, in case a node
 * or the runtime repeats one. The first is that URLs and headers are never part of a message.
 *
 * @module
 */

import { base64Decoded, formsOf, unescapeOnce } from "./encodings.ts";

/** Replaces a secret. */
export const REDACTED = "***";

/** Shorter secrets are removed from foreign texts only, as whole words: they are part of too many other words. */
const MIN_SECRET = 4;

/** A fragment of a secret of this length is treated as a secret. */
const FRAGMENT = 8;

const secrets = new Set<string>();
/** By their first characters; a regular expression of all secrets would be too large. */
const byStart = new Map<string, string[]>();
/** Keys of `byStart` whose secrets are not sorted yet. */
const unsorted = new Set<string>();
const shortSecrets = new Set<string>();
/** All fragments of all secrets, in lower case. */
const fragments = new Set<string>();
let longest = 0;

/**
 * Registers a secret for the lifetime of the process, in all forms in which it may be repeated: verbatim,
 * percent-decoded, percent-encoded, and each of these in base64 and hex.
 *
 * @param secret if shorter than 4 characters, it is removed from foreign texts only
 */
export function protect(secret: string): void {
  if (secret.length < MIN_SECRET && /[A-Za-z0-9]/.test(secret)) shortSecrets.add(secret);
  for (const form of formsOf(secret)) {
    if (form.length < MIN_SECRET || secrets.has(form)) continue;
    secrets.add(form);
    longest = Math.max(longest, form.length);
    const start = form.slice(0, MIN_SECRET);
    const alike = byStart.get(start);
    if (alike === undefined) byStart.set(start, [form]);
    else {
      alike.push(form);
      unsorted.add(start);
    }
  }
  const lower = asciiLower(secret);
  // Fragments of shorter secrets may be ordinary words.
  for (let at = 0; lower.length >= 2 * FRAGMENT && at + FRAGMENT <= lower.length; at++) {
    fragments.add(lower.slice(at, at + FRAGMENT));
  }
}

/** Replaces every protected secret in a text by `***`. */
export function scrub(text: string): string {
  if (secrets.size === 0) return text;
  // Longest first: a secret that is part of a longer one would leave the rest of that.
  for (const start of unsorted) byStart.get(start)?.sort((a, b) => b.length - a.length);
  unsorted.clear();
  let kept = "";
  let done = 0;
  for (let at = 0; at + MIN_SECRET <= text.length; at++) {
    const secret = secretAt(text, at);
    if (secret === undefined) continue;
    kept += text.slice(done, at) + REDACTED;
    done = at + secret.length;
    at = done - 1;
  }
  return done === 0 ? text : kept + text.slice(done);
}

function secretAt(text: string, at: number): string | undefined {
  return byStart.get(text.slice(at, at + MIN_SECRET))?.find((secret) => text.startsWith(secret, at));
}

/**
 * Makes a text of a node or of the runtime safe to show: without secrets and control characters, on one line, truncated.
 *
 * @param limit in characters
 */
export function cleanForeign(text: string, limit = 200): string {
  // Scrubbed twice: joining lines may complete a secret with spaces.
  const head = onOneLine(scrubbedHead(text, MAX_ENCODED_LENGTH * limit + 1000));
  const oneLine = onOneLine(withoutFragments(withoutEncoded(head))).trim();
  return oneLine.length > limit ? `${oneLine.slice(0, limit).toWellFormed()}…` : oneLine;
}

/** Characters that one encoded character may take: what is truncated before decoding is beyond the limit anyway. */
const MAX_ENCODED_LENGTH = 12;

/** Encodings may be nested, as in a page that quotes JSON that quotes a URL. */
const MAX_DECODINGS = 4;

/** Removes secrets, including those that only appear when the text is decoded; a text without any is not changed. */
function withoutEncoded(text: string): string {
  let clean = withoutShort(scrub(text));
  let current = clean;
  for (let time = 0; time < MAX_DECODINGS; time++) {
    const decoded = unescapeOnce(current);
    if (decoded === current) break;
    current = withoutShort(scrub(decoded));
    if (current !== decoded || withoutFragments(current) !== current) clean = current;
  }
  return withoutBase64(clean);
}

/** In base64, a secret within a longer text looks different depending on its offset. */
function withoutBase64(text: string): string {
  return text.replace(/[A-Za-z0-9+/_-]{8,}/g, (token) => {
    const plain = base64Decoded(token);
    return withoutFragments(scrub(plain)) === plain ? token : REDACTED;
  });
}

function onOneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ");
}

function withoutShort(text: string): string {
  if (shortSecrets.size === 0) return text;
  return text.replace(/[A-Za-z0-9]+/g, (word) => shortSecrets.has(word) ? REDACTED : word);
}

/** A node may truncate a key, or change its case. */
function withoutFragments(text: string): string {
  if (fragments.size === 0) return text;
  const lower = asciiLower(text);
  let kept = "";
  let hiddenTo = 0;
  for (let at = 0; at < text.length; at++) {
    if (fragments.has(lower.slice(at, at + FRAGMENT))) {
      if (at >= hiddenTo) kept += REDACTED;
      hiddenTo = at + FRAGMENT;
    }
    if (at >= hiddenTo) kept += text.charAt(at);
  }
  return kept;
}

/** Keeps the length of the text; other letters may become two in lower case. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The scrubbed beginning of a text, so that a huge text takes no time. */
function scrubbedHead(text: string, length: number): string {
  if (text.length <= length + longest) return scrub(text);
  // Truncation may leave the start of a secret, which would not be found: it is removed with the end.
  return scrub(text.slice(0, length + longest)).slice(0, -longest || undefined);
}
