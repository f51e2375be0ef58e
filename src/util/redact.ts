/**
 * The second net under secrets. The first is that URLs and headers never reach
 * a message at all; this one removes them, by value, from every text that
 * leaves the process in case a node or the runtime repeats one.
 *
 * @module
 */

import { base64Decoded, formsOf, unescapeOnce } from "./encodings.ts";

/** What stands where a secret was. */
export const REDACTED = "***";

/** Shorter secrets are removed from texts of foreign origin only, as whole words: elsewhere they would garble everything. */
const SHORTEST_SECRET = 4;

/** A piece of a secret this long gives it away. */
const PIECE = 8;

const secrets = new Set<string>();
/** The same by how they begin. One expression of all of them would be larger than an engine takes. */
const byStart = new Map<string, string[]>();
/** The starts whose secrets are not sorted yet. */
const unsorted = new Set<string>();
const shortSecrets = new Set<string>();
/** All pieces of all secrets, in lower case. */
const pieces = new Set<string>();
let longest = 0;

/**
 * Remembers a secret for the life of the process, in the forms it may come back
 * in: as written, percent-decoded, percent-encoded, and each of these in base64 and hex.
 *
 * @param secret the text; shorter than 4 characters counts in texts of foreign origin only
 */
export function protect(secret: string): void {
  if (secret.length < SHORTEST_SECRET && /[A-Za-z0-9]/.test(secret)) shortSecrets.add(secret);
  for (const form of formsOf(secret)) {
    if (form.length < SHORTEST_SECRET || secrets.has(form)) continue;
    secrets.add(form);
    longest = Math.max(longest, form.length);
    const start = form.slice(0, SHORTEST_SECRET);
    const alike = byStart.get(start);
    if (alike === undefined) byStart.set(start, [form]);
    else {
      alike.push(form);
      unsorted.add(start);
    }
  }
  const lower = asciiLower(secret);
  // Of what is little longer than a piece, a piece may be any word.
  for (let at = 0; lower.length >= 2 * PIECE && at + PIECE <= lower.length; at++) {
    pieces.add(lower.slice(at, at + PIECE));
  }
}

/**
 * Removes every protected secret from a text.
 *
 * @param text anything about to be logged or shown
 * @returns the text with `***` in place of each secret
 */
export function scrub(text: string): string {
  if (secrets.size === 0) return text;
  // Longest first, so that a secret inside a longer one does not leave a rest.
  for (const start of unsorted) byStart.get(start)?.sort((a, b) => b.length - a.length);
  unsorted.clear();
  let kept = "";
  let done = 0;
  for (let at = 0; at + SHORTEST_SECRET <= text.length; at++) {
    const secret = secretAt(text, at);
    if (secret === undefined) continue;
    kept += text.slice(done, at) + REDACTED;
    done = at + secret.length;
    at = done - 1;
  }
  return done === 0 ? text : kept + text.slice(done);
}

function secretAt(text: string, at: number): string | undefined {
  return byStart.get(text.slice(at, at + SHORTEST_SECRET))?.find((secret) => text.startsWith(secret, at));
}

/**
 * Makes a text of foreign origin fit to be shown: scrubbed, on one line,
 * without control characters, and cut.
 *
 * @param text what a node or the runtime said
 * @param limit the most characters that are kept
 */
export function cleanForeign(text: string, limit = 200): string {
  // Scrubbed twice: joining lines may put a secret together that has spaces.
  const head = onOneLine(scrubbedHead(text, HEAD_PER_CHARACTER * limit + 1000));
  const oneLine = onOneLine(withoutPieces(withoutEncoded(head))).trim();
  return oneLine.length > limit ? `${oneLine.slice(0, limit).toWellFormed()}…` : oneLine;
}

/** An encoded character takes up to this many, so that what is cut off was not to be shown. */
const HEAD_PER_CHARACTER = 12;

/** Encodings may be nested: a page that quotes JSON that quotes a URL. */
const MAX_DECODINGS = 4;

/** Without secrets, those that only show once the text is decoded among them; what hides none stays as it was sent. */
function withoutEncoded(text: string): string {
  let clean = withoutShort(scrub(text));
  let current = clean;
  for (let time = 0; time < MAX_DECODINGS; time++) {
    const plainer = unescapeOnce(current);
    if (plainer === current) break;
    current = withoutShort(scrub(plainer));
    if (current !== plainer || withoutPieces(current) !== current) clean = current;
  }
  return withoutBase64(clean);
}

/** A secret within a longer text in base64 looks like no form of it, depending on where it begins. */
function withoutBase64(text: string): string {
  return text.replace(/[A-Za-z0-9+/_-]{8,}/g, (token) => {
    const plain = base64Decoded(token);
    return withoutPieces(scrub(plain)) === plain ? token : REDACTED;
  });
}

function onOneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ");
}

function withoutShort(text: string): string {
  if (shortSecrets.size === 0) return text;
  return text.replace(/[A-Za-z0-9]+/g, (word) => shortSecrets.has(word) ? REDACTED : word);
}

/** A text of foreign origin without pieces of secrets: a node may cut a key short, or write it in capitals. */
function withoutPieces(text: string): string {
  if (pieces.size === 0) return text;
  const lower = asciiLower(text);
  let kept = "";
  let hiddenTo = 0;
  for (let at = 0; at < text.length; at++) {
    if (pieces.has(lower.slice(at, at + PIECE))) {
      if (at >= hiddenTo) kept += REDACTED;
      hiddenTo = at + PIECE;
    }
    if (at >= hiddenTo) kept += text.charAt(at);
  }
  return kept;
}

/** Of the same length: other letters may become two. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The scrubbed beginning of a text, so that a huge one costs nothing. */
function scrubbedHead(text: string, length: number): string {
  if (text.length <= length + longest) return scrub(text);
  // The cut may leave the first part of a secret, which is no secret to scrub: it goes with the end.
  return scrub(text.slice(0, length + longest)).slice(0, -longest || undefined);
}
