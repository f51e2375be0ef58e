import type { Clock } from "../../src/util/clock.ts";

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Lets time pass moment by moment: each sleeper wakes at its own time. */
  advance(ms: number): Promise<void>;
  /** Lets time pass in one leap, as on a machine that slept: all who are due wake late, together. */
  leap(ms: number): Promise<void>;
  /** Sets the wall clock forward, or back, by seconds; the monotonic side does not notice. */
  setWall(seconds: number): void;
  /** How many sleep. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Makes a clock that stands still.
 *
 * @param epoch what the wall clock says at first, in seconds
 */
export function createManualClock(epoch = 1_700_000_000): ManualClock {
  const sleepers = new Set<Sleeper>();
  let now = 1000;
  let wall = epoch - now / 1000;

  function next(end: number): Sleeper | undefined {
    return [...sleepers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }

  return {
    now: () => now,
    epoch: () => wall + now / 1000,
    sleep(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (signal?.aborted) return Promise.resolve();
      const sleeper = { at: now + Math.max(0, ms), wake };
      function wake(): void {
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      }
      sleepers.add(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
      return promise;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let sleeper = next(end); sleeper !== undefined; sleeper = next(end)) {
        now = Math.max(now, sleeper.at);
        sleeper.wake();
        await settle();
      }
      now = end;
    },
    async leap(ms) {
      now += ms;
      for (const sleeper of [...sleepers]) if (sleeper.at <= now) sleeper.wake();
      await settle();
    },
    setWall(seconds) {
      wall += seconds;
    },
    get sleepers(): number {
      return sleepers.size;
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
