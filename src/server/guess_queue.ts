import type { Clock } from "../util/clock.ts";

/** Passwords that wait to be checked, one at a time: each takes a tenth of a second of the one thread there is. */
export interface GuessQueue {
  /**
   * Waits for a turn and takes it. Those of one origin wait for each other; an origin that has guessed wrong waits for
   * all that have not.
   *
   * @param origin whose guess it is
   * @param check whether it is right
   * @returns none when too many wait
   */
  check(origin: string, check: () => Promise<boolean>): Promise<boolean | undefined>;
}

/** The most guesses that wait, of one origin and of all. */
const MAX_PER_ORIGIN = 20;
const MAX_WAITING = 200;
/**
 * A wrong guess is answered this long after its check began, in milliseconds, however long that took: the time does not
 * show whether there is such a user. The next guess of its origin is checked only then.
 */
const PAUSE = 1000;
/** How long an origin is known for its wrong guesses, in milliseconds, and how many origins are. */
const MEMORY = 600_000;
const MAX_ORIGINS = 10_000;

interface Guess {
  readonly origin: string;
  readonly check: () => Promise<boolean>;
  readonly resolve: (verdict: boolean | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes an empty queue.
 *
 * @param clock of the pauses
 */
export function createGuessQueue(clock: Clock): GuessQueue {
  const waiting = new Set<Guess>();
  /** Origins with a guess that is being checked, or was wrong and is not answered yet. */
  const busy = new Set<string>();
  const wrong = new Map<string, { readonly count: number; readonly at: number }>();
  /** Origins that were right before. */
  const trusted = new Set<string>();
  let isChecking = false;

  /** Who was right before comes first, then who has not been wrong. */
  function rank(origin: string): number {
    const count = wrongGuesses(origin);
    return count === 0 && trusted.has(origin) ? -1 : count;
  }

  function wrongGuesses(origin: string): number {
    const seen = wrong.get(origin);
    return seen === undefined || clock.now() - seen.at >= MEMORY ? 0 : seen.count;
  }

  function remember(origin: string): void {
    const count = wrongGuesses(origin) + 1;
    wrong.delete(origin);
    wrong.set(origin, { count, at: clock.now() });
    const [oldest] = wrong.keys();
    if (wrong.size > MAX_ORIGINS && oldest !== undefined) wrong.delete(oldest);
  }

  function trust(origin: string): void {
    wrong.delete(origin);
    trusted.delete(origin);
    trusted.add(origin);
    const [oldest] = trusted;
    if (trusted.size > MAX_ORIGINS && oldest !== undefined) trusted.delete(oldest);
  }

  function next(): Guess | undefined {
    let best: Guess | undefined;
    for (const guess of waiting) {
      if (busy.has(guess.origin)) continue;
      if (best === undefined || rank(guess.origin) < rank(best.origin)) best = guess;
    }
    return best;
  }

  async function work(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    for (let guess = next(); guess !== undefined; guess = next()) {
      waiting.delete(guess);
      busy.add(guess.origin);
      await checkOne(guess);
    }
    isChecking = false;
  }

  async function checkOne({ origin, check, resolve, reject }: Guess): Promise<void> {
    const started = clock.now();
    try {
      const isRight = await check();
      if (isRight) {
        trust(origin);
        busy.delete(origin);
        return resolve(true);
      }
      remember(origin);
      const took = clock.now() - started;
      void answerLater(origin, started + PAUSE, () => resolve(false));
      // As long again is left for everything else, unless somebody waits who has not guessed wrong.
      if (![...waiting].some((guess) => wrongGuesses(guess.origin) === 0)) await clock.sleep(took);
    } catch (error) {
      busy.delete(origin);
      reject(error);
    }
  }

  async function answerLater(origin: string, at: number, answer: () => void): Promise<void> {
    await clock.sleep(at - clock.now());
    busy.delete(origin);
    answer();
    await work();
  }

  /** Makes room for one of an origin with fewer wrong guesses. */
  function hasRoom(origin: string): boolean {
    const own = [...waiting].filter((guess) => guess.origin === origin).length;
    if (own >= MAX_PER_ORIGIN) return false;
    if (waiting.size < MAX_WAITING) return true;
    const [worst] = [...waiting].sort((one, other) => rank(other.origin) - rank(one.origin));
    if (worst === undefined || rank(worst.origin) <= rank(origin)) return false;
    waiting.delete(worst);
    worst.resolve(undefined);
    return true;
  }

  return {
    async check(origin, check): Promise<boolean | undefined> {
      if (!hasRoom(origin)) return undefined;
      const { promise, resolve, reject } = Promise.withResolvers<boolean | undefined>();
      waiting.add({ origin, check, resolve, reject });
      void work();
      return await promise;
    },
  };
}
