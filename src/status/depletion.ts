import type { Outflow } from "../poller/trend.ts";
import type { LevelLimits } from "./level_limits.ts";

/**
 * Seconds until a balance is empty: at the outflow of the last hour, and at that of the last day if it is below a level;
 * at that of the last day, whatever its levels are.
 */
const FAST = 6 * 3600;
const FAST_BELOW = 8 * FAST;
/** Seconds until it is below its minimum, and until it is empty. */
const SOON = 3 * 86_400;
const SOON_EMPTY = 7 * 86_400;

/** Seconds until a balance is empty, as the rules compute them, if an alert is about that. */
export interface Depletion {
  readonly fast: number | undefined;
  readonly soon: number | undefined;
}

/**
 * Decides whether a balance is depleting.
 *
 * @param amount in the smallest unit
 */
export function depletionOf(
  amount: bigint,
  { minimum = 0n, critical = 0n }: LevelLimits,
  { hour: hourly, day: daily }: Outflow,
): Depletion {
  const within = (seconds: number, outflow = 0, limit = 0n): number | undefined =>
    outflow > 0 && Number(amount - limit) / outflow < seconds ? Number(amount) / outflow : undefined;
  const isLow = amount < minimum || amount < critical;
  const fastBelow = isLow ? within(FAST, hourly) ?? within(FAST_BELOW, daily) : undefined;
  const soon = within(SOON, daily, minimum) === undefined ? undefined : within(SOON_EMPTY, daily);
  return { fast: within(FAST, daily) ?? fastBelow, soon: soon ?? within(FAST, hourly) };
}
