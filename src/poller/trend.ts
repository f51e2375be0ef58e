import type { Account } from "../assets/asset.ts";
import type { Change, History, Window } from "./history.ts";

/** A shorter time says little about the next hours. */
const MIN_SECONDS = 600;

/**
 * How fast a value decreases: top-ups do not count, nor the time that they fall in.
 *
 * @returns smallest units per second, 0 if it does not; undefined while too little is known
 */
export function outflowOf(change: Change | undefined): number | undefined {
  if (change === undefined || change.seconds < MIN_SECONDS) return undefined;
  return change.spent === 0 ? 0 : change.spent / change.spentSeconds;
}

/**
 * How fast a value decreases without its largest decrease: a single transfer is no outflow.
 *
 * @returns as {@linkcode outflowOf}
 */
export function steadyOutflowOf(change: Change | undefined): number | undefined {
  if (change === undefined) return undefined;
  const { spent, spentSeconds, largest, largestSeconds } = change;
  return outflowOf({ ...change, spent: Math.max(0, spent - largest), spentSeconds: spentSeconds - largestSeconds });
}

/** Seconds of the last day that must be known; of the last hour, those of an outflow are enough. */
const MIN_DAY = 2 * 3600;

/** Seconds that must be left without the largest decrease: the first columns of a history are short. */
const MIN_STEADY_SECONDS = MIN_SECONDS / 2;

/** The steady outflow of a window, in smallest units per second; undefined while too little is known. */
export type Outflow = Readonly<Record<Window, number | undefined>>;

/** Computes the steady outflow of an account by windows. */
export function outflowsOf(history: History, account: Account): Outflow {
  const day = history.change(account, "day");
  return {
    hour: knownOutflowOf(history.change(account, "hour")),
    day: day === undefined || day.seconds < MIN_DAY ? undefined : knownOutflowOf(day),
  };
}

/** One decrease alone may be a transfer, or all that is spent in its time. */
function knownOutflowOf(change: Change | undefined): number | undefined {
  if (change === undefined) return undefined;
  const { largest, spentSeconds, largestSeconds } = change;
  return largest > 0 && spentSeconds - largestSeconds < MIN_STEADY_SECONDS ? undefined : steadyOutflowOf(change);
}

/**
 * When a value that decreases evenly reaches a limit, in seconds: 0 if it is there.
 *
 * @param outflow smallest units per second
 * @param limit in the smallest unit, such as a minimum. @default 0n, empty
 * @returns undefined while it does not decrease
 */
export function secondsUntil(amount: bigint, outflow: number | undefined, limit: bigint = 0n): number | undefined {
  if (amount <= limit) return 0;
  return outflow === undefined || outflow === 0 ? undefined : Number(amount - limit) / outflow;
}
