/** All times are minutes since the start of the year, a Monday. */
export const HOUR = 60;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;
export const YEAR = 365 * DAY;

/** A span of minutes: from the first, to before the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export function isWeekend(minute: number): boolean {
  return minute % WEEK >= 5 * DAY;
}

/** The next minute of a working day at that hour, at or after a minute. */
export function nextWorkingTime(minute: number, hour: number): number {
  const day = Math.floor(minute / DAY) * DAY;
  let at = day + Math.round(hour * HOUR);
  while (at < minute || isWeekend(at)) at += DAY;
  return at;
}

/** A factor around 1 that is highest at an hour of the day. */
export function dailyRhythm(minute: number, amplitude: number, peak: number): number {
  return 1 + amplitude * Math.cos(2 * Math.PI * (minute % DAY / DAY - peak / 24));
}
