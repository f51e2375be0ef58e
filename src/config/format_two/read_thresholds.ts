import type * as v from "valibot";
import type { Levels } from "../config.ts";
import type { Path } from "../source_tree.ts";
import { NO_THRESHOLD, type Threshold, thresholdOf } from "../threshold.ts";
import { LEVELS, type thresholdsShape } from "./schema.ts";
import type { Scribe } from "./scribe.ts";

/** Thresholds as written: numbers, or texts with more digits. */
export type WrittenThresholds = v.InferOutput<typeof thresholdsShape>;

/** From the gravest to what a wallet is filled up to. */
const ORDER = ["critical", "minimum", "warning", "target"] as const;

/** Most wallets have none of these, and there may be many. */
const NO_LEVELS: Levels = {};

/**
 * Reads thresholds that were found to have the right shape.
 *
 * @param written amounts in whole coins
 * @param decimals of the coin
 */
export function readThresholds(
  written: WrittenThresholds,
  decimals: number | undefined,
): { readonly minimum: Threshold; readonly levels: Levels } {
  const read: Partial<Record<typeof LEVELS[number], Threshold>> = {};
  for (const level of LEVELS) {
    const amount = written[level];
    if (amount !== undefined) read[level] = thresholdOf(plainAmount(amount), plainAmount(amount), decimals);
  }
  const { minimum = NO_THRESHOLD, ...levels } = read;
  return { minimum, levels: Object.keys(levels).length === 0 ? NO_LEVELS : levels };
}

/**
 * Looks whether one level makes no sense beside another.
 *
 * @param written thresholds of the right shape
 * @param path where they stand
 * @param scribe told of it
 */
export function checkOrder(written: WrittenThresholds, path: Path, scribe: Scribe): void {
  if (Object.keys(written).length < 2) return;
  const given = ORDER.flatMap((level) => {
    const amount = written[level];
    // Any two are compared exactly with as many places as an amount may have.
    const scaled = amount === undefined ? undefined : thresholdOf(plainAmount(amount), "", 60).belowWei;
    return scaled === undefined ? [] : [{ level, scaled }];
  });
  for (const [index, { level, scaled }] of given.entries()) {
    const below = given[index - 1];
    if (below === undefined || below.scaled <= scaled) continue;
    const message = `The threshold ${below.level} is higher than ${level}`;
    scribe.tell("warning", path, message, "From low to high they are critical, minimum, warning, target");
  }
}

/**
 * Writes an amount without an exponent.
 *
 * @param amount of the right shape: the shortest text of a number is what was written, longer ones were refused
 */
export function plainAmount(amount: number | string): string {
  if (typeof amount === "string") return amount;
  const text = String(amount);
  return text.includes("e") ? amount.toLocaleString("en", { useGrouping: false, maximumSignificantDigits: 21 }) : text;
}
