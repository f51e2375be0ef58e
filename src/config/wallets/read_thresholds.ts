import type { Level, Levels, TokenLevels } from "../model/config.ts";
import type { Field } from "../source/source_tree.ts";
import { type Amounts, LEVEL_ORDER, NO_THRESHOLD, type Threshold, thresholdOf } from "../model/threshold.ts";
import { LEVELS, type thresholdsShape } from "./wallet_schema.ts";
import { closest } from "../../util/text.ts";

import type * as v from "valibot";

/** Thresholds as configured: numbers, or strings with more digits. */
export type WrittenThresholds = v.InferOutput<typeof thresholdsShape>;

/** Shared by most wallets. */
const NO_LEVELS: Levels = {};

/** Reads valid thresholds. */
export function readThresholds(
  written: WrittenThresholds,
  decimals: number | undefined,
): { readonly minimum: Threshold; readonly levels: Levels } {
  const read = convertLevels(written, (amount) => thresholdOf(amount, amount, decimals));
  const { minimum = NO_THRESHOLD, ...levels } = read;
  return { minimum, levels: Object.keys(levels).length === 0 ? NO_LEVELS : levels };
}

/**
 * Warns of levels in the wrong order.
 *
 * @param written valid thresholds
 */
export function checkOrder(written: WrittenThresholds, field: Field): void {
  if (Object.keys(written).length < 2) return;
  const amounts = comparable(written);
  const given = LEVEL_ORDER.flatMap((level) => {
    const amount = amounts[level];
    return amount === undefined ? [] : [{ level, amount }];
  });
  for (const [index, { level, amount }] of given.entries()) {
    const below = given[index - 1];
    if (below === undefined || below.amount <= amount) continue;
    const message = `Threshold ${below.level} is higher than ${level}`;
    field.warning(message, "Expected critical <= minimum <= warning <= target <= maximum");
  }
}

/**
 * Converts thresholds to a unit in which they are compared exactly.
 *
 * @param written valid thresholds
 */
export function comparable(written: WrittenThresholds): Amounts {
  // As many places as an amount may have.
  return convertLevels(written, (amount) => thresholdOf(amount, "", 60).belowWei ?? 0n);
}

/** Converts thresholds to decimal numbers: the decimals of a token may not be known yet. */
export function convertAmounts(written: WrittenThresholds): TokenLevels {
  return convertLevels(written, (amount) => amount);
}

/** Converts the amounts of the levels that are given. */
function convertLevels<T>(written: WrittenThresholds, convert: (amount: string) => T): Partial<Record<Level, T>> {
  const converted: Partial<Record<Level, T>> = {};
  for (const level of LEVELS) {
    const amount = written[level];
    if (amount !== undefined) converted[level] = convert(plainAmount(amount));
  }
  return converted;
}

/**
 * Writes an amount without an exponent.
 *
 * @param amount valid: a number is its shortest text, since longer ones were refused
 */
export function plainAmount(amount: number | string): string {
  if (typeof amount === "string") return amount;
  const text = String(amount);
  return text.includes("e") ? amount.toLocaleString("en", { useGrouping: false, maximumSignificantDigits: 21 }) : text;
}

/**
 * Reads the thresholds of a wallet for tokens.
 *
 * @param written by symbol, valid
 * @param ofContracts views that are not of wallets
 */
export function readTokenLevels(
  written: Readonly<Record<string, WrittenThresholds>>,
  known: readonly string[],
  field: Field,
  ofContracts: readonly string[] = [],
): Readonly<Record<string, TokenLevels>> {
  return Object.fromEntries(
    Object.entries(written).map(([symbol, thresholds]) => {
      const own = field.at(symbol);
      checkOrder(thresholds, own);
      if (ofContracts.includes(symbol)) {
        const message = "This view belongs to its contract: it has no argument wallet";
        own.error(message, "Set thresholds in the view", "key");
      } else if (!known.includes(symbol)) {
        const near = closest(symbol, known);
        const advice = near === undefined ? "Add it to the tokens of the network" : `Did you mean ${near}?`;
        own.error("Unknown token: no token of this network has this symbol", advice, "key");
      }
      return [symbol, convertAmounts(thresholds)];
    }),
  );
}
