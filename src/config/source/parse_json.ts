import { type ParseError, parseTree } from "jsonc-parser";
import { indexJson, type JsonIndex } from "./json_index.ts";
import { positionsIn, refusal, tooDeep } from "../model/problem.ts";

/**
 * Parses strict JSON (RFC 8259): no comments, no trailing commas, no `NaN`.
 * A byte order mark is tolerated.
 *
 * @returns its values, with duplicate keys and the source text of numbers
 * @throws {ConfigError} with the position of the first error; the text is not quoted, since it may have keys in it
 */
export function parseJson(text: string, source: string): JsonIndex {
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    // The index requires valid JSON.
    JSON.parse(bare);
  } catch (error) {
    const { offset, message } = looksLikeYaml(bare) ? YAML : firstMistake(bare, error);
    throw refusal(source, message, adviceOn(bare), positionsIn(bare)(offset));
  }
  return indexStrictJson(text, source);
}

/**
 * Indexes strict JSON.
 *
 * @param text which `JSON.parse` takes
 * @throws {ConfigError} when it is nested too deeply
 */
export function indexStrictJson(text: string, source: string): JsonIndex {
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    return indexJson(bare);
  } catch (error) {
    throw error instanceof RangeError ? tooDeep(source) : error;
  }
}

/** Version 1 is not YAML; nor are files of other exporters supported. */
const YAML: Mistake = { offset: 0, message: "This looks like YAML, which needs version 2" };

/** A line with a key, an item of a list, or a mapping in braces whose keys need no quotes. */
function looksLikeYaml(text: string): boolean {
  const [first = ""] = text.split(/\r?\n/).map((line) => line.trim()).filter((line) =>
    !/^(#.*|---.*|%.*)?$/.test(line)
  );
  return /^(["']?[\w][\w .-]*["']?\s*:(\s|$)|- |\{\s*[A-Za-z_]\w*\s*:)/.test(first);
}

function adviceOn(text: string): string {
  if (!looksLikeYaml(text)) return 'For YAML, start with "version: 2"';
  if (/^[\s"'{-]*networks?["']?\s*:/m.test(text)) return 'Add "version: 2" as the first line';
  return 'Start with "version: 2" and a list "networks" (docs/configuration.md); files of other exporters are not supported';
}

interface Mistake {
  readonly offset: number;
  readonly message: string;
}

function firstMistake(text: string, error: unknown): Mistake {
  const offset = isBlank(text) ? 0 : mistakeOffset(text, error);
  const rest = text.slice(offset, offset + 16);
  return { offset, message: `Invalid JSON: ${reasonFor(text, offset, rest)}` };
}

/**
 * Finds the first mistake in a text. `JSON.parse` may quote the text it fails on, so only the position at the end of its
 * message is used.
 *
 * @param error what `JSON.parse` threw
 */
export function mistakeOffset(text: string, error: unknown): number {
  const said = error instanceof Error ? error.message : "";
  if (said.startsWith("Unexpected end of JSON input")) return text.length;
  const position = / in JSON at position (\d+) \(line \d+ column \d+\)$/.exec(said)?.[1];
  return position === undefined ? firstTreeError(text) : Number(position);
}

function reasonFor(text: string, offset: number, rest: string): string {
  if (isBlank(text)) return "the text is empty";
  if (offset >= endOf(text)) return "unexpected end of the text";
  const word = /^-?(NaN|Infinity)\b/.exec(rest)?.[1];
  if (word !== undefined) return `${word} is not a JSON number`;
  if (/^\/[/*]/.test(rest)) return "comments are not allowed";
  if (rest.startsWith("'")) return "strings need double quotes";
  const before = text.slice(0, offset);
  if (/^[}\]]/.test(rest) && text.charAt(endOf(before) - 1) === ",") return "trailing comma";
  return "unexpected character";
}

function isBlank(text: string): boolean {
  return endOf(text) === 0;
}

/** Where a text ends without JSON's whitespace, which is less than `trimEnd` removes. */
function endOf(text: string): number {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text.charAt(end - 1))) end--;
  return end;
}

function firstTreeError(text: string): number {
  const errors: ParseError[] = [];
  try {
    parseTree(text, errors, { disallowComments: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return errors[0]?.offset ?? text.length;
}
