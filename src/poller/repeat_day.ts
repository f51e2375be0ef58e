/** A reading of an account, or the last one of a column. */
export interface ColumnReading {
  /** In milliseconds. */
  readonly at: number;
  /** Since the one before. */
  readonly change: number;
}

const DAY = 86_400_000;
/** This much of a day must be known, in milliseconds. */
const MIN_DAY = 23 * 3_600_000;
/** Readings are joined to hours: what is sent once an hour is steady. */
const MIN_SPAN = 55 * 60_000;
/** The coefficient of variation from which on hours are not alike: then the day says nothing about the next hours. */
const MAX_VARIATION = 0.5;

/** An hour or so of the last day. */
interface Span {
  length: number;
  /** What was spent, without the times of top-ups, and how long that took. */
  spent: number;
  spentLength: number;
}

/**
 * When an amount is spent if the last day repeats itself, hour by hour: many wallets have busy hours.
 *
 * @param readings the oldest first
 * @param amount in the unit of the changes
 * @returns milliseconds; undefined while less than a day is known, and if its hours are not alike
 */
export function timeIfDayRepeats(readings: readonly ColumnReading[], amount: number): number | undefined {
  const spans = spansOf(readings);
  const sum = (of: (span: Span) => number): number => spans.reduce((total, span) => total + of(span), 0);
  const length = sum((span) => span.length);
  const rate = sum(({ spent }) => spent) / sum(({ spentLength }) => spentLength);
  const rateOf = ({ spent, spentLength }: Span): number => spentLength === 0 ? rate : spent / spentLength;
  const variance = sum((span) => span.length * (rateOf(span) - rate) ** 2) / length;
  // Without an outflow neither is less than the other.
  if (length < MIN_DAY || !(Math.sqrt(variance) < MAX_VARIATION * rate)) return undefined;
  const perDay = sum((span) => rateOf(span) * span.length);
  let left = amount % perDay;
  let time = Math.floor(amount / perDay) * length;
  for (const span of spans) {
    const spent = rateOf(span) * span.length;
    if (spent > left) return time + span.length * left / spent;
    left -= spent;
    time += span.length;
  }
  return time;
}

/** The hours of the last day, the oldest first. */
function spansOf(readings: readonly ColumnReading[]): readonly Span[] {
  const begin = (readings.at(-1)?.at ?? NaN) - DAY;
  const spans: Span[] = [];
  let span: Span | undefined;
  for (const [index, { at, change }] of readings.entries()) {
    const before = readings[index - 1]?.at;
    // A reading may be a little before the day's begin.
    if (before === undefined || before < begin - (at - before) / 2) continue;
    const length = at - before;
    if (span === undefined || span.length >= MIN_SPAN) {
      span = { length: 0, spent: 0, spentLength: 0 };
      spans.push(span);
    }
    span.length += length;
    if (change > 0) continue;
    span.spent -= change;
    span.spentLength += length;
  }
  return spans;
}
