import { jsonTree } from "../json_tree.ts";
import { positionsIn } from "../problem.ts";
import type { SourceTree } from "../source_tree.ts";
import type { Entries } from "./entries.ts";
import { ListError } from "./list_error.ts";
import { lookIntoJson } from "./look_into_json.ts";

/**
 * Parses a JSON list of wallets. No tree is made of the whole, which would take
 * ten times its memory: what `JSON.parse` drops is looked for in passing, and
 * that before it, so that a list past all bounds is refused at its bound.
 *
 * @param text without a byte order mark
 * @throws {ListError} when it is not JSON, or not a list of what may be wallets
 */
export function jsonListTree(text: string): Entries {
  const { starts, doubts, mistake } = lookIntoJson(text);
  const positionAt = positionsIn(text);
  const value = parse(text);
  if (value === undefined) {
    throw new ListError("The list is not JSON here", "A JSON checker shows the place", positionAt(mistake ?? 0));
  }
  if (!Array.isArray(value)) throw new ListError("The JSON is no list", "Write [ { … }, … ]");
  let last: { readonly index: number; readonly tree: SourceTree } | undefined;

  /** That of the entry that was last asked for is kept: mistakes come entry by entry. */
  function treeOf(index: number): SourceTree {
    if (last?.index === index) return last.tree;
    const entry = text.slice(starts[index], starts[index + 1]).replace(/[\s,\]]*$/, "");
    last = { index, tree: jsonTree(entry, "") };
    return last.tree;
  }

  return {
    value,
    doubts,
    placeOf([step = 0, ...path], part) {
      const index = Number(step);
      const start = positionAt(starts[index] ?? 0);
      if (path.length === 0) return start;
      const { line, column } = treeOf(index).placeOf(path, part);
      return { line: start.line + line - 1, column: line === 1 ? start.column + column - 1 : column };
    },
  };
}

/** `undefined` when it is no JSON, which never stands for anything in it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
