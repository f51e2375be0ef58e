/** Times of the rules that depend on the check interval, in seconds. */
export interface RuleTimes {
  readonly step: number;
  /** Ranges of outflows; `for` of their alerts is ten minutes longer. */
  readonly short: number;
  readonly long: number;
  readonly for_short: number;
  readonly for_long: number;
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
  return {
    step,
    short,
    long,
    // Longer than a single transfer stays in the range.
    for_short: short + 10 * MINUTE,
    for_long: long + 10 * MINUTE,
    for_checks: Math.max(15 * MINUTE, 3 * interval),
    for_slow: Math.max(30 * MINUTE, 3 * interval),
  };
}

/** Formats seconds as Prometheus writes durations, in the largest unit without remainder. */
export function prometheusDuration(seconds: number): string {
  if (seconds % HOUR === 0) return `${seconds / HOUR}h`;
  return seconds % MINUTE === 0 ? `${seconds / MINUTE}m` : `${seconds}s`;
}
