import { visit } from "jsonc-parser";
import { jsonTree } from "../json_tree.ts";
import { ConfigError, positionsIn } from "../problem.ts";
import { CUT, type Doubt, isCut, TWICE } from "../source_tree.ts";
import type { Entries } from "./entries.ts";
import { ListError } from "./list_error.ts";

/**
 * Parses a JSON list of wallets. No tree is made of the whole, which would take
 * ten times its memory: what `JSON.parse` drops is looked for in passing.
 *
 * @param text without a byte order mark
 * @throws {ListError} when it is not JSON, or not a list
 */
export function jsonListTree(text: string): Entries {
  const value = parse(text);
  if (!Array.isArray(value)) throw new ListError("The JSON is no list", "Write [ { … }, … ]");
  const { starts, doubts } = lookInto(text);
  const positionAt = positionsIn(text);
  return {
    value,
    doubts,
    placeOf([index = 0, ...path], part) {
      const start = starts[Number(index)] ?? 0;
      if (path.length === 0) return positionAt(start);
      const end = starts[Number(index) + 1] ?? text.length;
      const inner = jsonTree(text.slice(start, end).replace(/[\s,\]]*$/, ""), "").placeOf(path, part);
      const { line, column } = positionAt(start);
      return { line: line + inner.line - 1, column: inner.line === 1 ? column + inner.column - 1 : inner.column };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusalOf(text);
  }
}

/** The place of the first mistake, in the words of a configuration's. */
function refusalOf(text: string): ListError {
  try {
    jsonTree(text, "");
  } catch (error) {
    const [problem] = error instanceof ConfigError ? error.problems : [];
    if (problem !== undefined) return new ListError(problem.message, "A JSON checker shows the place", problem);
  }
  return new ListError("The list is not JSON", "A JSON checker shows the place");
}

function lookInto(text: string): Look {
  try {
    return look(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ListError("The list is nested too deeply", "Write [ { … }, … ]");
  }
}

interface Look {
  /** Where each entry begins. */
  readonly starts: readonly number[];
  readonly doubts: readonly Doubt[];
}

function look(text: string): Look {
  const starts: number[] = [];
  const doubts: Doubt[] = [];
  const keys: Set<string>[] = [];
  let depth = 0;
  /** Everything that stands in the list itself is an entry. */
  const begin = (offset: number): void => void (depth === 1 && starts.push(offset));
  visit(text, {
    onObjectBegin(offset): void {
      begin(offset);
      depth++;
      keys.push(new Set());
    },
    onObjectEnd(): void {
      depth--;
      keys.pop();
    },
    onArrayBegin(offset): void {
      begin(offset);
      depth++;
    },
    onArrayEnd(): void {
      depth--;
    },
    onObjectProperty(name, _offset, _length, _line, _column, steps): void {
      const known = keys.at(-1);
      if (known?.has(name)) doubts.push({ path: [...steps(), name], part: "key", ...TWICE });
      known?.add(name);
    },
    onLiteralValue(literal: unknown, offset, length, _line, _column, steps): void {
      begin(offset);
      if (typeof literal !== "number" || !isCut(text.slice(offset, offset + length))) return;
      doubts.push({ path: steps(), part: "value", ...CUT });
    },
  });
  return { starts, doubts };
}
