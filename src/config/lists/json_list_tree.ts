import { jsonTree } from "../json_tree.ts";
import { type Position, positionsIn } from "../problem.ts";
import type { SourceTree } from "../source_tree.ts";
import type { Entries, Keep } from "./entries.ts";
import { ListError } from "./list_error.ts";
import { lookIntoJson } from "./look_into_json.ts";

/**
 * Parses a JSON list of wallets. No tree is made of the whole, which would take
 * ten times its memory: what `JSON.parse` drops is looked for in passing, and
 * that before it, so that a list past all bounds is refused at its bound.
 *
 * @param text without a byte order mark
 * @param keep says of each entry whether it is kept
 * @throws {ListError} when it is not JSON, or not a list of what may be wallets
 */
export function jsonListTree(text: string, keep: Keep): Entries {
  const { starts, doubts, mistake } = lookIntoJson(text);
  const positionAt = positionsIn(text);
  checkList(text, positionAt(mistake ?? 0));
  const kept = new Map<number, unknown>();
  for (let index = 0; index < starts.length; index++) {
    const entry = JSON.parse(entryText(index));
    if (keep(entry, index)) kept.set(index, entry);
  }
  let last: { readonly index: number; readonly tree: SourceTree } | undefined;

  function entryText(index: number): string {
    const end = starts[index + 1] ?? text.lastIndexOf("]");
    // Up to the comma before the next entry.
    return text.slice(starts[index], starts[index + 1] === undefined ? end : text.lastIndexOf(",", end));
  }

  /** That of the entry that was last asked for is kept: mistakes come entry by entry. */
  function treeOf(index: number): SourceTree {
    if (last?.index === index) return last.tree;
    last = { index, tree: jsonTree(entryText(index), "", undefined) };
    return last.tree;
  }

  return {
    count: starts.length,
    kept,
    doubts: doubts.filter(({ path: [index] }) => kept.has(Number(index))),
    placeOf([step = 0, ...path], part) {
      const index = Number(step);
      const start = positionAt(starts[index] ?? 0);
      if (path.length === 0) return start;
      const { line, column } = treeOf(index).placeOf(path, part);
      return { line: start.line + line - 1, column: line === 1 ? start.column + column - 1 : column };
    },
  };
}

function checkList(text: string, mistake: Position): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ListError("The list is not JSON here", "A JSON checker shows the place", mistake);
  }
  if (!Array.isArray(value)) throw new ListError("The JSON is no list", "Write [ { … }, … ]");
}
