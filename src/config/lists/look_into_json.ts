import { visit } from "jsonc-parser";
import { CUT, type Doubt, isCut, TWICE } from "../source_tree.ts";
import { ListError, LONGEST_ENTRY, MOST_WALLETS, tooManyWallets } from "./list_error.ts";

/** What is found in passing through a list. */
export interface Look {
  /** Where each entry begins. */
  readonly starts: readonly number[];
  /** At most one an entry: it is set aside for the first. */
  readonly doubts: readonly Doubt[];
  /** Where it stops to be JSON, if it does. */
  readonly mistake: number | undefined;
}

/** A wallet needs four levels. */
const DEEPEST = 16;

/**
 * Passes through a JSON list without making anything of it.
 *
 * @param text any text
 * @throws {ListError} when it goes past a bound
 */
export function lookIntoJson(text: string): Look {
  const starts: number[] = [];
  const doubts: Doubt[] = [];
  const keys: Set<string>[] = [];
  let mistake: number | undefined;
  let depth = 0;

  function doubt(found: Doubt): void {
    if (doubts.at(-1)?.path[0] !== found.path[0]) doubts.push(found);
  }

  /** Everything that stands in the list itself is an entry. */
  function begin(offset: number): void {
    if (depth !== 1) return;
    const index = starts.length - 1;
    if (offset - (starts[index] ?? offset) > LONGEST_ENTRY) doubt({ path: [index], part: "value", ...TOO_LONG });
    starts.push(offset);
    if (starts.length > MOST_WALLETS) throw tooManyWallets();
  }

  function enter(offset: number): void {
    begin(offset);
    if (++depth > DEEPEST) throw new ListError("The list is nested too deeply", "Write [ { … }, … ]");
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
      if (known?.has(name)) doubt({ path: [...steps(), name], part: "key", ...TWICE });
      known?.add(name);
    },
    onLiteralValue(literal: unknown, offset, length, _line, _column, steps): void {
      begin(offset);
      if (typeof literal !== "number" || !isCut(text.slice(offset, offset + length))) return;
      doubt({ path: steps(), part: "value", ...CUT });
    },
    onError: (_, offset) => void (mistake ??= offset),
  }, { disallowComments: true });
  const last = starts.length - 1;
  if (text.length - (starts[last] ?? text.length) > LONGEST_ENTRY) doubt({ path: [last], part: "value", ...TOO_LONG });
  return { starts, doubts, mistake };
}

const TOO_LONG = { message: `The entry is longer than ${LONGEST_ENTRY} characters`, advice: "A wallet takes some 200" };
