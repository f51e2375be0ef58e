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
 * Parses a JSON list of wallets. A tree of the whole would take ten times its
 * memory: a scan finds what `JSON.parse` drops, and runs first, so that a list
 * that is too large is refused early.
 *
 * @param text without a byte order mark
 * @throws {ListError} when it is not a JSON list
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

  /** Keeps the tree of the last entry: problems come entry by entry. */
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

/** What a scan finds in a list. */
export interface ScanResult {
  /** Where each entry starts. */
  readonly starts: readonly number[];
  /** At most one per entry: the first one rejects it. */
  readonly warnings: readonly SourceWarning[];
  /** Where it is not JSON, if anywhere. */
  readonly mistake: number | undefined;
}

/** Nesting of a list; a wallet needs four levels. */
const MAX_DEPTH = 16;

/**
 * Scans a JSON list without building values.
 *
 * @throws {ListError} when it exceeds a maximum
 */
export function scanJsonList(text: string): ScanResult {
  const starts: number[] = [];
  const warnings: SourceWarning[] = [];
  const keys: Set<string>[] = [];
  let mistake: number | undefined;
  let depth = 0;

  function warn(found: SourceWarning): void {
    if (warnings.at(-1)?.path[0] !== found.path[0]) warnings.push(found);
  }

  /** Every value directly in the list is an entry. */
  function begin(offset: number): void {
    if (depth !== 1) return;
    const index = starts.length - 1;
    if (offset - (starts[index] ?? offset) > MAX_ENTRY_LENGTH) warn({ path: [index], part: "value", ...TOO_LONG });
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
      if (known?.has(name)) warn({ path: [...steps(), name], part: "key", ...duplicateKey(name) });
      known?.add(name);
    },
    onLiteralValue(literal: unknown, offset, length, _line, _column, steps): void {
      begin(offset);
      if (typeof literal !== "number" || !losesPrecision(text.slice(offset, offset + length))) return;
      warn({ path: steps(), part: "value", ...PRECISION_LOSS });
    },
    onError: (_, offset) => void (mistake ??= offset),
  }, { disallowComments: true });
  const last = starts.length - 1;
  if (text.length - (starts[last] ?? text.length) > MAX_ENTRY_LENGTH) {
    warn({ path: [last], part: "value", ...TOO_LONG });
  }
  return { starts, warnings, mistake };
}

const TOO_LONG = {
  message: `The entry is longer than ${MAX_ENTRY_LENGTH} characters`,
  advice: "A wallet takes about 200",
};
