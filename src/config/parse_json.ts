import { type Node, type ParseError, parseTree } from "jsonc-parser";
import { ConfigError, positionsIn } from "./problem.ts";

/** JSON with places: what `JSON.parse` drops. */
export interface JsonDocument {
  /** The root of the tree; offsets count UTF-16 units of `text`. */
  readonly root: Node;
  /** The text without a byte order mark. */
  readonly text: string;
  /** From an offset to a line and column. */
  readonly positionAt: ReturnType<typeof positionsIn>;
}

/**
 * Parses strict JSON (RFC 8259): no comments, no trailing commas, no `NaN`.
 * A byte order mark is tolerated.
 *
 * @param text the whole text
 * @param source where it came from, for the message
 * @returns the tree, with duplicate keys and the source text of numbers kept
 * @throws {ConfigError} with the line and column of the first mistake; the text is not quoted, since it may hold keys
 */
export function parseJson(text: string, source: string): JsonDocument {
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const positionAt = positionsIn(bare);
  try {
    // The judge of what is JSON; the tree parser is more lenient.
    JSON.parse(bare);
  } catch (error) {
    const { offset, message } = firstMistake(bare, error);
    throw new ConfigError(source, [{
      severity: "error",
      path: "",
      ...positionAt(offset),
      message,
      advice: "The configuration is strict JSON; a JSON checker shows the place",
    }]);
  }
  const root = buildTree(bare);
  if (root === undefined) {
    throw new ConfigError(source, [{
      severity: "error",
      path: "",
      line: 1,
      column: 1,
      message: "The text is nested too deeply to be a configuration",
      advice: "Write an object from RPC URLs to lists of wallets",
    }]);
  }
  return { root, text: bare, positionAt };
}

function buildTree(text: string): Node | undefined {
  try {
    return parseTree(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Mistake {
  readonly offset: number;
  readonly message: string;
}

/** `JSON.parse` quotes the text it fails on, so only its position is taken. */
function firstMistake(text: string, error: unknown): Mistake {
  const said = error instanceof Error ? /at position (\d+)/.exec(error.message) : null;
  const offset = said === null ? firstTreeError(text) : Number(said[1]);
  if (text.trim() === "") {
    return { offset: 0, message: "Invalid JSON: the text is empty" };
  }
  if (offset >= text.trimEnd().length) {
    return { offset, message: "Invalid JSON: the text ends too early" };
  }
  const word = /^-?(NaN|Infinity)\b/.exec(text.slice(offset))?.[1];
  if (word !== undefined) {
    return { offset, message: `Invalid JSON: ${word} is not a JSON number` };
  }
  if (
    /[}\]]/.test(text.charAt(offset)) &&
    text.slice(0, offset).trimEnd().endsWith(",")
  ) {
    return {
      offset,
      message: "Invalid JSON: a comma stands before the closing bracket",
    };
  }
  return { offset, message: "Invalid JSON: unexpected character" };
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
