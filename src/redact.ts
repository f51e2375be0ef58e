/**
 * The second net under secrets. The first is that URLs and headers never reach
 * a message at all; this one removes them, by value, from every text that
 * leaves the process in case a node or the runtime repeats one.
 *
 * @module
 */

/** What stands where a secret was. */
export const REDACTED = "***";

/** Shorter texts are not taken for secrets: removing them would garble everything. */
const SHORTEST_SECRET = 4;

const secrets = new Set<string>();
let pattern: RegExp | undefined;

/**
 * Remembers a secret for the life of the process, in every form it may come
 * back in: as written, percent-decoded, percent-encoded and in base64.
 *
 * @param secret the text; shorter than 4 characters is ignored
 */
export function protect(secret: string): void {
  for (const form of formsOf(secret)) {
    if (form.length < SHORTEST_SECRET || secrets.has(form)) continue;
    secrets.add(form);
    pattern = undefined;
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
  pattern ??= compile();
  return text.replace(pattern, REDACTED);
}

/**
 * Makes a text of foreign origin fit to be shown: scrubbed, on one line,
 * without control characters, and cut.
 *
 * @param text what a node or the runtime said
 * @param limit the most characters that are kept
 */
export function cleanForeign(text: string, limit = 200): string {
  // Cut twice: early so that a huge text costs nothing, late for the limit.
  const oneLine = scrub(text.slice(0, 4 * limit + 1000))
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return oneLine.length > limit ? `${oneLine.slice(0, limit)}…` : oneLine;
}

function formsOf(secret: string): readonly string[] {
  const forms = [secret, encodeURIComponent(secret.toWellFormed())];
  try {
    forms.push(decodeURIComponent(secret));
  } catch {
    // Not percent-encoded: the text as written is all there is.
  }
  return forms.concat(forms.map(base64));
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes.subarray(0, 4096))).replace(
    /=+$/,
    "",
  );
}

function compile(): RegExp {
  // Longest first, so that a secret inside a longer one does not leave a rest.
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return new RegExp(
    longestFirst.map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"))
      .join("|"),
    "g",
  );
}
