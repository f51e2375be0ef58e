import { jsonTree } from "../source/json_tree.ts";
import { type Position, positionsIn } from "../model/problem.ts";
import {
  duplicateKey,
  losesPrecision,
  PRECISION_LOSS,
  type SourceTree,
  type SourceWarning,
} from "../source/source_tree.ts";
import { type Entries, type Keep, ListError, MAX_ENTRY_LENGTH, MAX_WALLETS, tooManyWallets } from "./list_entries.ts";
import { visit } from "jsonc-parser";

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
  const { starts, warnings, mistake } = scanJsonList(text);
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
    warnings: warnings.filter(({ path: [index] }) => kept.has(Number(index))),
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
    throw new ListError("Invalid JSON", "", mistake);
  }
  if (!Array.isArray(value)) throw new ListError("The JSON must be a list", "Expected [ { … }, … ]");
}

/** What is found in passing through a list. */
export interface ScanResult {
  /** Where each entry begins. */
  readonly starts: readonly number[];
  /** At most one an entry: it is set aside for the first. */
  readonly warnings: readonly SourceWarning[];
  /** Where it stops to be JSON, if it does. */
  readonly mistake: number | undefined;
}

/** A wallet needs four levels. */
const MAX_DEPTH = 16;

/**
 * Passes through a JSON list without making anything of it.
 *
 * @param text any text
 * @throws {ListError} when it goes past a bound
 */
export function scanJsonList(text: string): ScanResult {
  const starts: number[] = [];
  const warnings: SourceWarning[] = [];
  const keys: Set<string>[] = [];
  let mistake: number | undefined;
  let depth = 0;

  function doubt(found: SourceWarning): void {
    if (warnings.at(-1)?.path[0] !== found.path[0]) warnings.push(found);
  }

  /** Everything that stands in the list itself is an entry. */
  function begin(offset: number): void {
    if (depth !== 1) return;
    const index = starts.length - 1;
    if (offset - (starts[index] ?? offset) > MAX_ENTRY_LENGTH) doubt({ path: [index], part: "value", ...TOO_LONG });
    starts.push(offset);
    if (starts.length > MAX_WALLETS) throw tooManyWallets();
  }

  function enter(offset: number): void {
    begin(offset);
    if (++depth > MAX_DEPTH) throw new ListError("The list is nested too deeply", "Expected [ { … }, … ]");
    keys.push(new Set());
  }

  function leave(): void {
    depth--;
    keys.pop();
  }

  visit(text, {
    onObjectBegin: enter,
    onObjectEnd: leave,
    onArrayBegin: enter,
    onArrayEnd: leave,
    onObjectProperty(name, _offset, _length, _line, _column, steps): void {
      const known = keys.at(-1);
      if (known?.has(name)) doubt({ path: [...steps(), name], part: "key", ...duplicateKey(name) });
      known?.add(name);
    },
    onLiteralValue(literal: unknown, offset, length, _line, _column, steps): void {
      begin(offset);
      if (typeof literal !== "number" || !losesPrecision(text.slice(offset, offset + length))) return;
      doubt({ path: steps(), part: "value", ...PRECISION_LOSS });
    },
    onError: (_, offset) => void (mistake ??= offset),
  }, { disallowComments: true });
  const last = starts.length - 1;
  if (text.length - (starts[last] ?? text.length) > MAX_ENTRY_LENGTH) {
    doubt({ path: [last], part: "value", ...TOO_LONG });
  }
  return { starts, warnings, mistake };
}

const TOO_LONG = {
  message: `The entry is longer than ${MAX_ENTRY_LENGTH} characters`,
  advice: "A wallet takes about 200",
};
