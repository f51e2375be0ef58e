/** A moment of a fixed-rate schedule. */
export interface Tick {
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  /** Ticks that passed unused between the last one and this. */
  readonly skipped: number;
}

/**
 * Finds the next tick of a fixed-rate schedule. Work that ran over, or a machine
 * that slept, loses ticks; it never makes a burst.
 *
 * @param last the tick that was last used, in milliseconds on the monotonic clock
 * @param interval between ticks, in milliseconds
 * @param now the present
 */
export function nextTick(last: number, interval: number, now: number): Tick {
  const skipped = Math.max(0, Math.ceil((now - last) / interval) - 1);
  return { at: last + (skipped + 1) * interval, skipped };
}
