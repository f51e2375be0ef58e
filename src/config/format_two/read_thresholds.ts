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

/**
 * Reads thresholds that were found to have the right shape.
 *
 * @param written amounts in whole coins
 * @param path where they stand
 * @param scribe told when one level makes no sense beside another
 */
export function readThresholds(
  written: WrittenThresholds,
  path: Path,
  scribe: Scribe,
): { readonly minimum: Threshold; readonly levels: Levels } {
  const read: Partial<Record<typeof LEVELS[number], Threshold>> = {};
  for (const level of LEVELS) {
    const amount = written[level];
    // The shortest text of a number is what was written: longer ones were refused.
    if (amount !== undefined) read[level] = thresholdOf(plain(amount), plain(amount));
  }
  const given = ORDER.filter((level) => read[level]?.belowWei !== undefined);
  for (const [index, level] of given.entries()) {
    const below = given[index - 1];
    if (below === undefined || (read[below]?.belowWei ?? 0n) <= (read[level]?.belowWei ?? 0n)) continue;
    const message = `The threshold ${below} is higher than ${level}`;
    scribe.tell("warning", path, message, "From low to high they are critical, minimum, warning, target");
  }
  const { minimum = NO_THRESHOLD, ...levels } = read;
  return { minimum, levels };
}

/** A number without an exponent. */
function plain(amount: number | string): string {
  if (typeof amount === "string") return amount;
  const text = String(amount);
  return text.includes("e") ? amount.toLocaleString("en", { useGrouping: false, maximumSignificantDigits: 21 }) : text;
}
