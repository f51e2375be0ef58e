import { CsvError, parse } from "csv-parse/sync";
import { SCHEMA_PARTS } from "../../assets/kinds.ts";
import { closest } from "../../util/text.ts";
import { isReservedLabel } from "../wallets/read_wallet.ts";
import { isLabelName, LEVELS } from "../wallets/wallet_schema.ts";
import type { SourceWarning } from "../source/source_tree.ts";
import { type Entries, type Keep, ListError, MAX_ENTRY_LENGTH, MAX_WALLETS, tooManyWallets } from "./list_entries.ts";

const LEVEL_NAMES: readonly string[] = LEVELS;
const PARTS = SCHEMA_PARTS.flatMap(({ wallet = {} }) => Object.keys(wallet));
const COLUMNS = ["address", "label", ...LEVELS, "min_balance_eth", ...PARTS];

const COLUMNS_TEXT = `Known columns are ${COLUMNS.join(", ")}, labels.<name> and tokens.<symbol>.<level>`;

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
export function csvTree(text: string, keep: Keep): Entries {
  const warnings: SourceWarning[] = [];
  const kept = new Map<number, unknown>();
  const lines = new Map<number, number>();
  let count = 0;
  let paths: readonly (readonly string[])[] | undefined;
  parseRows(text, (cells, line) => {
    if (paths === undefined) {
      paths = columnsOf(cells.map((name) => canonical(name.trim())));
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
    throw new ListError(message, "Spreadsheet programs set the quotes when they save CSV", {
      line: line || 1,
      column: 1,
    });
  }
}

/** The path of each column in an entry. */
function columnsOf(names: readonly string[]): readonly (readonly string[])[] {
  checkColumns(names);
  return names.map(pathOf);
}

function checkColumns(names: readonly string[]): void {
  const [missing] = ["address", "label"].filter((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new ListError(`Missing required column "${missing}" in the first line`, COLUMNS_TEXT);
  }
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice !== -1) throw new ListError(`Duplicate column ${twice + 1}`, "Remove one");
  const unknown = names.flatMap((name, index) => isKnown(name) ? [] : [{ name, number: index + 1 }]);
  const [first, ...others] = unknown;
  if (first === undefined) return;
  const near = closest(first.name, COLUMNS);
  const advice = near === undefined ? COLUMNS_TEXT : `Did you mean ${near}? ${COLUMNS_TEXT}`;
  const message = others.length === 0
    ? `Unknown column ${first.number}`
    : `Unknown columns ${unknown.map(({ number }) => number).join(", ")}`;
  throw new ListError(message, advice);
}

/** A known column name in its own case; names of labels and symbols are case-sensitive. */
function canonical(name: string): string {
  const known = COLUMNS.find((column) => column.toLowerCase() === name.toLowerCase());
  if (known !== undefined) return known;
  const [, first = "", own = "", level = ""] = /^(labels|tokens)\.([^.]*)(\..*)?$/i.exec(name) ?? [];
  return first === ""
    ? name
    : `${first.toLowerCase()}.${own}${first.toLowerCase() === "tokens" ? level.toLowerCase() : level}`;
}

function isKnown(name: string): boolean {
  const [first = "", second = "", third = "", ...others] = name.split(".");
  if (first === "tokens") return second !== "" && LEVEL_NAMES.includes(third) && others.length === 0;
  return COLUMNS.includes(name) ||
    first === "labels" && isLabelName(second) && !isReservedLabel(second) && third === "";
}

function pathOf(name: string): readonly string[] {
  return LEVEL_NAMES.includes(name) ? ["thresholds", name] : name.split(".");
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
  const inner = entry[key] ?? {};
  entry[key] = inner;
  put(inner as Record<string, unknown>, rest, cell);
}
