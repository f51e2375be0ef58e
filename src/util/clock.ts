/** Where time comes from. Tests pass a fake one and never wait. */
export interface Clock {
  /** Milliseconds on a monotonic clock; never steps back. */
  now(): number;
  /** Seconds since the Unix epoch by the wall clock, with fractions. */
  epoch(): number;
  /**
   * Waits.
   *
   * @param ms how long, in milliseconds; 0 or less gives the event loop one turn
   * @param signal ends the wait early; an early end is no error
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A timer longer than this many milliseconds fires at once in every runtime. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now() / 1000,
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), LONGEST_TIMER));
      signal?.addEventListener("abort", done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      }
    });
  },
};
