import { type Threshold, thresholdOf } from "../config/model/threshold.ts";

/** A coin's threshold, or a token's amount in whole tokens: its decimals may be known only later. */
type AnyThreshold = Threshold | string | undefined;

/**
 * Decides whether a balance is below a threshold such as the minimum, for metrics, logs and exit codes.
 *
 * @param balance in the smallest unit
 * @param threshold no balance is below a missing or invalid one
 * @param decimals of a token
 */
export function isBelow(balance: bigint, threshold: AnyThreshold, decimals?: number): boolean {
  const limit = limitOf(threshold, decimals);
  return limit !== undefined && balance < limit;
}

/**
 * Decides whether a balance is above its maximum.
 *
 * @param balance in the smallest unit
 * @param maximum no balance is above a missing one
 * @param decimals of a token
 */
export function isAbove(balance: bigint, maximum: AnyThreshold, decimals?: number): boolean {
  const limit = parsed(maximum, decimals)?.aboveWei;
  return limit !== undefined && balance > limit;
}

/**
 * Converts a threshold to the smallest unit.
 *
 * @param decimals of a token
 * @returns a balance is below the threshold if it is less than this; undefined for a missing or invalid threshold
 */
export function limitOf(threshold: AnyThreshold, decimals?: number): bigint | undefined {
  return parsed(threshold, decimals)?.belowWei;
}

function parsed(threshold: AnyThreshold, decimals: number = 0): Threshold | undefined {
  return typeof threshold === "string" ? thresholdOf(threshold, "", decimals) : threshold;
}
