/** Times of the rules that depend on the check interval, in seconds. */
export interface RuleTimes {
  readonly step: number;
  readonly short: number;
  readonly long: number;
  /** The outflow of a day is that of 24 hours; an hour has a check at least. */
  readonly hour: number;
  readonly day: number;
  readonly for_short: number;
  readonly for_checks: number;
  readonly for_slow: number;
}

const MINUTE = 60;
const HOUR = 3600;

/**
 * Returns the times of the rules.
 *
 * @param interval between checks, in seconds
 */
export function ruleTimes(interval: number): RuleTimes {
  // With a step shorter than the interval most steps would have no outflow.
  const step = Math.max(5 * MINUTE, interval);
  const short = Math.max(HOUR, 6 * step);
  const long = Math.max(6 * HOUR, 24 * step);
  const hour = Math.max(HOUR, interval);
  return {
    step,
    short,
    long,
    hour,
    day: 24 * hour,
    // Longer than a disagreement stays in the range.
    for_short: short + 10 * MINUTE,
    for_checks: Math.max(15 * MINUTE, 3 * interval),
    for_slow: Math.max(30 * MINUTE, 3 * interval),
  };
}

/** Formats seconds as Prometheus writes durations, in the largest unit without remainder. */
export function prometheusDuration(seconds: number): string {
  if (seconds % HOUR === 0) return `${seconds / HOUR}h`;
  return seconds % MINUTE === 0 ? `${seconds / MINUTE}m` : `${seconds}s`;
}
