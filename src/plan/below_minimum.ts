import { type Threshold, thresholdOf } from "../config/model/threshold.ts";

/** A coin's threshold, or a token's amount in whole tokens: its decimals may be known only later. */
type AnyThreshold = Threshold | string | undefined;

/**
 * Decides whether a balance is below a threshold such as the minimum. Metrics, logs, exit codes and the page ask here.
 *
 * @param balance in the smallest unit
 * @param threshold a balance is never below a missing or an invalid one
 * @param decimals of a token
 */
export function isBelow(balance: bigint, threshold: AnyThreshold, decimals?: number): boolean {
  const limit = limitOf(threshold, decimals);
  return limit !== undefined && balance < limit;
}

/**
 * Converts a threshold to the smallest unit.
 *
 * @param threshold a coin's or a token's
 * @param decimals of a token
 * @returns what a balance below the threshold is less than; none when nothing can be compared
 */
export function limitOf(threshold: AnyThreshold, decimals: number = 0): bigint | undefined {
  return typeof threshold === "string" ? thresholdOf(threshold, "", decimals).belowWei : threshold?.belowWei;
}
