import { type Clock, systemClock } from "../../src/util/clock.ts";

/** A clock that a test moves. In between it is stopped, or runs beside the machine's where there are connections. */
export interface FakeClock extends Clock, Disposable {
  /** Lets time pass moment by moment: each sleeper wakes at its own time. */
  advance(ms: number): Promise<void>;
  /** Lets time pass in one leap, as on a machine that slept: all who are due wake late, together. */
  leap(ms: number): Promise<void>;
  /** Moves both clocks by milliseconds; sleepers are not woken. */
  skip(ms: number): void;
  /** Ends the only sleep, however long, and waits until the loop has done its work and sleeps again. */
  step(times?: number): Promise<void>;
  /** Sets the wall clock forward, or back, by seconds; the monotonic side does not change. */
  setWall(seconds: number): void;
  /** Jumps to the deadline of the requests under way, as soon as there is one. */
  expireRequests(): void;
  /** By how much requests that never got an answer made the clock jump so far, in milliseconds. */
  readonly jumped: number;
  /** How many sleep. */
  readonly sleepers: number;
  /** For how long the last sleeper wanted to sleep, in milliseconds. */
  readonly lastDelay: number;
}

interface Sleeper {
  readonly ms: number;
  readonly at: number;
  readonly wake: () => void;
}

/** Requests that fake servers hold, and will never answer completely. */
const held = new Set<Disposable>();
const onHeld = new Set<() => void>();

/**
 * Reports that the answer to a request will never be complete, so that a clock
 * may jump to the request's deadline instead of waiting for it.
 *
 * @returns dispose it when the client has gone
 */
export function holdRequest(): Disposable {
  const request: Disposable = { [Symbol.dispose]: () => void held.delete(request) };
  held.add(request);
  for (const notify of onHeld) notify();
  return request;
}

/**
 * Makes a clock that only a test moves.
 *
 * @param epoch what the wall clock says at first, in seconds
 */
export function createFakeClock(epoch = 1_700_000_000): FakeClock {
  return makeClock({ start: { now: () => 1000, epoch: () => epoch } });
}

/**
 * Makes a clock that runs with the machine's. With a request's time-out it jumps
 * to the deadline of the requests under way once fake servers hold all of them:
 * a time-out can be so long that no busy machine passes it, and costs no time.
 *
 * @param requestTimeout of each request that is sent, in milliseconds: sleepers of just this time are requests
 */
export function createRunningClock(requestTimeout?: number): FakeClock {
  return makeClock({ start: systemClock, requestTimeout, isRunning: true });
}

interface ClockOptions {
  /** What the clock shows before it is moved. */
  readonly start: Pick<Clock, "now" | "epoch">;
  readonly requestTimeout?: number | undefined;
  readonly isRunning?: boolean;
}

function makeClock({ start, requestTimeout, isRunning = false }: ClockOptions): FakeClock {
  const sleepers = new Set<Sleeper>();
  let offset = 0;
  let wall = 0;
  let jumped = 0;
  let lastDelay = 0;
  let isExpiring = false;
  let asleep = Promise.withResolvers<void>();
  const now = (): number => start.now() + offset;
  const wakeDue = (): void => [...sleepers].filter(({ at }) => at <= now()).forEach(({ wake }) => wake());
  if (requestTimeout !== undefined) onHeld.add(jumpIfHeld);

  function jumpIfHeld(): void {
    const requests = [...sleepers].filter(({ ms }) => ms === requestTimeout);
    if (requests.length === 0 || !isExpiring && held.size < requests.length) return;
    isExpiring = false;
    // Their deadlines have passed, and their clients go.
    held.clear();
    const last = Math.max(...requests.map(({ at }) => at));
    // A wider deadline may come first.
    const others = [...sleepers].filter(({ ms, at }) => ms !== requestTimeout && at > now()).map(({ at }) => at);
    const by = Math.max(0, Math.min(last, ...others) - now());
    offset += by;
    jumped += by;
    wakeDue();
  }

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    const early = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { ms, at: now() + Math.max(0, ms), wake };
    function wake(): void {
      sleepers.delete(sleeper);
      signal?.removeEventListener("abort", wake);
      early.abort();
      resolve();
    }
    signal?.addEventListener("abort", wake, { once: true });
    sleepers.add(sleeper);
    lastDelay = ms;
    asleep.resolve();
    if (isExpiring) jumpIfHeld();
    if (isRunning) systemClock.sleep(ms, early.signal).then(wake);
    await promise;
    // One that was answered may have been the last that was not held.
    if (held.size > 0) jumpIfHeld();
  }

  return {
    now,
    epoch: () => start.epoch() + offset / 1000 + wall,
    sleep,
    async advance(ms) {
      const end = now() + ms;
      const next = (): Sleeper | undefined =>
        [...sleepers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      await settle();
      for (let sleeper = next(); sleeper !== undefined; sleeper = next()) {
        offset += Math.max(0, sleeper.at - now());
        sleeper.wake();
        await settle();
      }
      offset += Math.max(0, end - now());
    },
    async leap(ms) {
      offset += ms;
      wakeDue();
      await settle();
    },
    skip: (ms) => void (offset += ms),
    async step(times = 1) {
      await asleep.promise;
      for (let time = 0; time < times; time++) {
        asleep = Promise.withResolvers();
        for (const { wake } of [...sleepers]) wake();
        await asleep.promise;
      }
    },
    setWall: (seconds) => void (wall += seconds),
    expireRequests() {
      isExpiring = true;
      jumpIfHeld();
    },
    get jumped() {
      return jumped;
    },
    get sleepers() {
      return sleepers.size;
    },
    get lastDelay() {
      return lastDelay;
    },
    [Symbol.dispose]: () => void onHeld.delete(jumpIfHeld),
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
