/** No valid response is nested deeper, and parsing deep nesting is slow. */
const MAX_DEPTH = 32;

/** Why a text is not a response. */
export type Malformed = "not_json" | "duplicate_key";

const QUOTE = 34;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Parses a response. `JSON.parse` keeps the last of duplicate members, so two results in one object would pass for one:
 * a response with duplicates in any object that is read is malformed.
 */
export function parseAnswer(text: string): { readonly value: unknown } | Malformed {
  const members = countMembers(text);
  if (members === undefined) return "not_json";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not_json";
  }
  // A reply, and the result or error in it; in an array, one deeper.
  const depth = Array.isArray(value) ? 3 : 2;
  const written = members.slice(1, depth + 1).reduce((sum, count) => sum + count, 0);
  return written === countKeys(value, depth) ? { value } : "duplicate_key";
}

/**
 * Counts the members of objects in a JSON text, by depth: by their colons, so that no spelling of a key is missed. For
 * invalid JSON the counts mean nothing.
 *
 * @returns `undefined` if it is nested too deep
 */
function countMembers(text: string): readonly number[] | undefined {
  const counts: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      // Outside of strings there is one per member.
      case COLON:
        counts[depth] = (counts[depth] ?? 0) + 1;
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        if (++depth > MAX_DEPTH) return undefined;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
    }
  }
  return counts;
}

/** The end of the string that starts there, by `indexOf`: results of `eth_call` are long. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (quote - first) % 2 === 1;
}

/** Counts the members of all objects down to a depth. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = members === value ? 0 : members.length;
  if (depth > 1) { for (const member of members) count += countKeys(member, depth - 1); }
  return count;
}
