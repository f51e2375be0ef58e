import type { Clock } from "../../src/util/clock.ts";
import { createManualClock } from "./manual_clock.ts";

/** A clock for one loop that sleeps, works and sleeps again. */
export interface StepClock extends Clock {
  /** Ends the sleep, and waits until the loop has done its work and sleeps again. */
  step(times?: number): Promise<void>;
}

/** Makes a clock whose only sleeper wakes when it is told to, however long it wanted to sleep. */
export function createStepClock(): StepClock {
  let asleep = Promise.withResolvers<void>();
  let wake = (): void => {};
  return {
    ...createManualClock(),
    sleep(_ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true });
      asleep.resolve();
      return promise;
    },
    async step(times = 1) {
      for (let time = 0; time < times; time++) {
        await asleep.promise;
        asleep = Promise.withResolvers<void>();
        wake();
        await asleep.promise;
      }
    },
  };
}
