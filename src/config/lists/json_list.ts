import { positionsIn } from "../model/problem.ts";
import { indexJson, type JsonIndex } from "../source/json_index.ts";
import { findWarnings, placeFinder } from "../source/json_tree.ts";
import { mistakeOffset } from "../source/parse_json.ts";
import type { SourceWarning } from "../source/source_tree.ts";
import { type Entries, type Keep, ListError, MAX_ENTRY_LENGTH, MAX_WALLETS, tooManyWallets } from "./list_entries.ts";

/**
 * Parses a JSON list of wallets.
 *
 * @param text without a byte order mark
 * @throws {ListError} when it is not a JSON list
 */
export function jsonListTree(text: string, keep: Keep): Entries {
  const entries = parseList(text);
  if (entries.length > MAX_WALLETS) throw tooManyWallets();
  const index = indexList(text);
  const starts = [...index.children(0)].map(index.offsetOf);
  const kept = new Map<number, unknown>();
  const warnings: SourceWarning[] = [];
  for (const [place, entry] of entries.entries()) {
    if (!keep(entry, place)) continue;
    kept.set(place, entry);
    const length = (starts[place + 1] ?? text.length) - (starts[place] ?? 0);
    if (length > MAX_ENTRY_LENGTH) warnings.push({ path: [place], part: "value", ...TOO_LONG });
    // The first one rejects the entry.
    else warnings.push(...findWarnings(index, index.elementOf(0, place), [place]).slice(0, 1));
  }
  return { count: entries.length, kept, warnings, placeOf: placeFinder(index) };
}

const SHAPE = "Expected [ { … }, … ]";
const TOO_LONG = {
  message: `The entry is longer than ${MAX_ENTRY_LENGTH} characters`,
  advice: "A wallet takes about 200",
};

function parseList(text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ListError("Invalid JSON", "", positionsIn(text)(mistakeOffset(text, error)));
  }
  if (!Array.isArray(value)) throw new ListError("The JSON must be a list", SHAPE);
  return value;
}

function indexList(text: string): JsonIndex {
  try {
    return indexJson(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ListError("The list is nested too deeply", SHAPE);
  }
}
