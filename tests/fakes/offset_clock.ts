import { type Clock, systemClock } from "../../src/clock.ts";

/** The machine's clock, which can be made to jump: what is due later need not be waited for. */
export interface OffsetClock extends Clock {
  /** Lets both clocks jump forward, in milliseconds; who sleeps does not notice. */
  skip(ms: number): void;
  /** Sets the wall clock forward, or back, by seconds; the monotonic side does not notice. */
  setWall(seconds: number): void;
}

/** Makes an {@linkcode OffsetClock}. */
export function createOffsetClock(): OffsetClock {
  let offset = 0;
  let wall = 0;
  return {
    now: () => systemClock.now() + offset,
    epoch: () => systemClock.epoch() + offset / 1000 + wall,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    skip(ms): void {
      offset += ms;
    },
    setWall(seconds): void {
      wall += seconds;
    },
  };
}
