import { CsvError, parse } from "csv-parse/sync";
import { didYouMean } from "../../util/text.ts";
import { isReservedLabel } from "../wallets/read_wallet.ts";
import { isLabelName, LEVELS, type WalletShape } from "../wallets/wallet_schema.ts";
import type { SourceWarning } from "../source/source_tree.ts";
import { type Entries, type Keep, ListError, MAX_ENTRY_LENGTH, MAX_WALLETS, tooManyWallets } from "./list_entries.ts";

const LEVEL_NAMES: readonly string[] = LEVELS;

/** Keys with an object: their columns have names of their own. */
const NESTED: readonly string[] = ["thresholds", "labels", "tokens", "mute"];

const MUTE_COLUMNS: readonly string[] = ["mute.until", "mute.reason"];

/** The names of columns whose cells are values of a wallet. */
type Columns = readonly string[];

function columnsFor({ entries }: WalletShape): Columns {
  const names = new Set(["address", "label", ...LEVELS, "min_balance_eth", ...Object.keys(entries)]);
  return [...names].filter((name) => !NESTED.includes(name));
}

/** The parser's codes; its own messages quote the list. */
const MEANINGS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "A quote is not closed",
  CSV_INVALID_CLOSING_QUOTE: "A quote is closed in the middle of a cell",
  INVALID_OPENING_QUOTE: "A quote in the middle of a cell",
  CSV_MAX_RECORD_SIZE: `The line is longer than ${MAX_ENTRY_LENGTH} characters: a quote may not be closed`,
};

/**
 * Parses CSV: a line with the column names, then one per wallet. Cells are
 * separated by commas, semicolons or tabs, whichever the first line has.
 *
 * @param text without a byte order mark
 * @returns entries in the shape of version 2; an empty cell is no value
 * @throws {ListError} when it is not CSV, or has unknown columns
 */
export function csvTree(text: string, shape: WalletShape, keep: Keep): Entries {
  const known = columnsFor(shape);
  const warnings: SourceWarning[] = [];
  const kept = new Map<number, unknown>();
  const lines = new Map<number, number>();
  let count = 0;
  let paths: readonly (readonly string[])[] | undefined;
  parseRows(text, (cells, line) => {
    if (paths === undefined) {
      paths = pathsOf(cells.map((name) => name.trim()), known);
      return;
    }
    if (count >= MAX_WALLETS) throw tooManyWallets();
    const index = count++;
    const entry = entryOf(cells, paths);
    if (!keep(entry, index)) return;
    if (cells.length !== paths.length) {
      const message = `The line has ${cells.length} cells, the first line has ${paths.length}`;
      const advice = "A value that contains a comma needs quotes";
      warnings.push({ path: [index], part: "value", message, advice });
    }
    kept.set(index, entry);
    lines.set(index, line);
  });
  return { count, kept, warnings, placeOf: ([index]) => ({ line: lines.get(Number(index)) ?? 1, column: 1 }) };
}

function parseRows(text: string, take: (cells: readonly string[], line: number) => void): void {
  const first = /[^\s][^\r\n]*/.exec(text)?.[0] ?? "";
  const delimiter = [",", ";", "\t"].find((each) => first.includes(each)) ?? ",";
  try {
    parse(text, {
      delimiter,
      // A file may mix them after a line was added by hand.
      record_delimiter: ["\r\n", "\n", "\r"],
      max_record_size: MAX_ENTRY_LENGTH,
      relax_column_count: true,
      skip_empty_lines: true,
      // Rows are not kept by the parser: its record of each takes more memory than the row.
      onRecord(cells: readonly string[], { lines }): null {
        take(cells, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error["lines"]);
    const message = MEANINGS[error.code] ?? "Invalid CSV";
    const position = { line: line || 1, column: 1 };
    throw new ListError(message, "Spreadsheet programs set the quotes when they save CSV", position);
  }
}

/** The path of each column in an entry. */
function pathsOf(names: readonly string[], known: Columns): readonly (readonly string[])[] {
  const knownText = `Known columns are ${
    known.join(", ")
  }, labels.<name>, tokens.<symbol>.<level>, mute.until and mute.reason`;
  const paths = names.map((name) => pathOf(name, known));
  const keys = paths.map((path, index) => path?.join(".") ?? names[index]);
  const missing = ["address", "label"].find((name) => !keys.includes(name));
  if (missing !== undefined) {
    throw new ListError(`Missing required column "${missing}" in the first line`, knownText);
  }
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice !== -1) throw new ListError(`Duplicate column ${twice + 1}`, "Remove one");
  const unknown = paths.flatMap((path, index) => path === undefined ? [index] : []);
  const [first] = unknown;
  if (first === undefined) return paths.filter((path) => path !== undefined);
  const columns = unknown.length === 1 ? "column" : "columns";
  const message = `Unknown ${columns} ${unknown.map((index) => index + 1).join(", ")}`;
  throw new ListError(message, didYouMean(names[first] ?? "", known, knownText));
}

/** The path of a column in an entry; undefined for an unknown one. Names of labels and symbols are case-sensitive. */
function pathOf(name: string, known: Columns): readonly string[] | undefined {
  const lower = name.toLowerCase();
  const column = known.find((each) => each.toLowerCase() === lower);
  if (column !== undefined) return LEVEL_NAMES.includes(column) ? ["thresholds", column] : [column];
  const [, label] = /^labels\.([^.]+)$/i.exec(name) ?? [];
  if (label !== undefined) return isLabelName(label) && !isReservedLabel(label) ? ["labels", label] : undefined;
  if (MUTE_COLUMNS.includes(lower)) return lower.split(".");
  const [, symbol] = /^tokens\.([^.]+)\.[^.]+$/i.exec(name) ?? [];
  const level = LEVELS.find((each) => lower.endsWith(`.${each}`));
  return symbol === undefined || level === undefined ? undefined : ["tokens", symbol, level];
}

/** An entry as in the configuration. */
function entryOf(cells: readonly string[], paths: readonly (readonly string[])[]): unknown {
  const entry: Record<string, unknown> = {};
  for (const [index, path] of paths.entries()) {
    const cell = cells[index]?.trim() ?? "";
    if (cell !== "") put(entry, path, cell);
  }
  return entry;
}

function put(entry: Record<string, unknown>, [key = "", ...rest]: readonly string[], cell: string): void {
  if (rest.length === 0) {
    entry[key] = cell;
    return;
  }
  const inner = Object.hasOwn(entry, key) ? entry[key] : {};
  entry[key] = inner;
  put(inner as Record<string, unknown>, rest, cell);
}
