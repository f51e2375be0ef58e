import { type Clock, systemClock } from "../../src/util/clock.ts";
import { endStalls, onStall, stalls } from "./stalls.ts";

/** The machine's clock, which can be made to jump: what is due later need not be waited for. */
export interface OffsetClock extends Clock, Disposable {
  /** Moves both clocks forward, in milliseconds; sleepers are not woken. */
  skip(ms: number): void;
  /** Sets the wall clock forward, or back, by seconds; the monotonic side does not change. */
  setWall(seconds: number): void;
  /** Jumps to the deadline of the requests under way, as soon as there is one. */
  expireRequests(): void;
  /** By how much requests that never got an answer made the clock jump so far, in milliseconds. */
  readonly jumped: number;
}

interface Sleeper {
  readonly ms: number;
  readonly due: number;
  readonly wake: () => void;
}

/**
 * Makes an {@linkcode OffsetClock}. With a request's time-out it jumps to the
 * deadline of the requests under way once fake servers hold all of them: a
 * time-out can be so long that no busy machine passes it, and costs no time.
 *
 * @param requestTimeout of each request that is sent, in milliseconds: sleepers of just this time are requests
 */
export function createOffsetClock(requestTimeout?: number): OffsetClock {
  let offset = 0;
  let wall = 0;
  let jumped = 0;
  let isExpiring = false;
  const sleepers = new Set<Sleeper>();
  const now = (): number => systemClock.now() + offset;
  const watching = requestTimeout === undefined ? undefined : onStall(jumpIfHeld);

  function jumpIfHeld(): void {
    const requests = [...sleepers].filter(({ ms }) => ms === requestTimeout);
    if (requests.length === 0 || !isExpiring && stalls() < requests.length) return;
    isExpiring = false;
    endStalls();
    const last = Math.max(...requests.map(({ due }) => due));
    // A wider deadline may come first.
    const others = [...sleepers].filter(({ ms, due }) => ms !== requestTimeout && due > now()).map(({ due }) => due);
    const by = Math.max(0, Math.min(last, ...others) - now());
    offset += by;
    jumped += by;
    for (const { due, wake } of [...sleepers]) if (due <= now()) wake();
  }

  return {
    now,
    epoch: () => systemClock.epoch() + offset / 1000 + wall,
    async sleep(ms, signal): Promise<void> {
      const early = new AbortController();
      const end = (): void => early.abort();
      if (signal?.aborted) return;
      const sleeper = { ms, due: now() + ms, wake: end };
      signal?.addEventListener("abort", end, { once: true });
      sleepers.add(sleeper);
      if (isExpiring) jumpIfHeld();
      await systemClock.sleep(ms, early.signal);
      sleepers.delete(sleeper);
      signal?.removeEventListener("abort", end);
      // One that was answered may have been the last that was not held.
      if (stalls() > 0) jumpIfHeld();
    },
    skip(ms): void {
      offset += ms;
    },
    setWall(seconds): void {
      wall += seconds;
    },
    expireRequests(): void {
      isExpiring = true;
      jumpIfHeld();
    },
    get jumped(): number {
      return jumped;
    },
    [Symbol.dispose]: () => watching?.[Symbol.dispose](),
  };
}
