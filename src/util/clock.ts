/** A source of time; tests use a fake one. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Seconds since the Unix epoch, with fractions. */
  epoch(): number;
  /**
   * Resolves after a delay.
   *
   * @param ms in milliseconds; 0 or less waits for one turn of the event loop
   * @param signal ends the delay early, which is not an error
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** In milliseconds; longer timers fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** The clocks of the system. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now() / 1000,
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), MAX_TIMER));
      signal?.addEventListener("abort", done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      }
    });
  },
};

/** A sleep that ends early when there is something to do. */
export interface Waker {
  /** Ends the present sleep, or the next one if there is none. */
  wake(): void;
  /** @param ms in milliseconds; infinity for as long as nobody wakes it */
  sleep(ms: number): Promise<void>;
}

/** Makes a waker for one sleeper. */
export function createWaker(clock: Clock, stop: AbortSignal): Waker {
  let next = new AbortController();
  const wake = (): void => next.abort();
  stop.addEventListener("abort", wake, { once: true });
  return {
    wake,
    async sleep(ms): Promise<void> {
      if (!stop.aborted) await clock.sleep(ms, next.signal);
      next = new AbortController();
    },
  };
}

/** Lets timers and sockets run. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** How long the event loop is held, in milliseconds. */
const MAX_TURN_MS = 5;

/** Lets timers and sockets run once the event loop was held for long enough. */
export interface Turns {
  readonly isOver: boolean;
  next(): Promise<void>;
}

/** Starts a turn of work that takes time. */
export function createTurns(clock: Clock): Turns {
  let started = clock.now();
  return {
    get isOver(): boolean {
      return clock.now() - started >= MAX_TURN_MS;
    },
    async next(): Promise<void> {
      await yieldToEventLoop();
      started = clock.now();
    },
  };
}

/** Lists items that take time to make, and lets timers and sockets run in between. */
export async function listInTurns<T>(items: Iterable<T>, clock: Clock): Promise<T[]> {
  const list: T[] = [];
  const turns = createTurns(clock);
  for (const item of items) {
    list.push(item);
    if (turns.isOver) await turns.next();
  }
  return list;
}
