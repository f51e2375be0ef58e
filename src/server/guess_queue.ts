import type { Clock } from "../util/clock.ts";

/**
 * Checks a password when it is its turn. Those of one origin wait for each other; an origin with wrong guesses waits for
 * all origins without.
 *
 * @param origin where the guess is from
 * @returns undefined if too many wait
 */
export type CheckGuess = (origin: string, check: () => Promise<boolean>) => Promise<boolean | undefined>;

/** Maximum number of waiting guesses, of one origin and of all. */
const MAX_PER_ORIGIN = 20;
const MAX_WAITING = 200;
/**
 * Response time of a wrong guess, in milliseconds, whatever its check took: the time does not reveal whether the user
 * exists. The next guess of the same origin is checked after that.
 */
const WRONG_GUESS_DELAY = 1000;
/** How long wrong guesses of an origin are remembered, in milliseconds, and of how many origins. */
const MEMORY = 600_000;
const MAX_ORIGINS = 10_000;

interface Guess {
  readonly origin: string;
  readonly check: () => Promise<boolean>;
  readonly resolve: (verdict: boolean | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes a queue of passwords to check, one at a time: each blocks the only thread for a tenth of a second. */
export function createGuessQueue(clock: Clock): CheckGuess {
  const waiting = new Set<Guess>();
  /** Origins with a guess that is being checked, or whose response is delayed. */
  const busy = new Set<string>();
  const wrong = new Map<string, { readonly count: number; readonly at: number }>();
  /** Origins whose last guess was right. */
  const trusted = new Map<string, true>();
  let isChecking = false;

  /** Lower comes first: origins that were right before, then those without wrong guesses. */
  function rank(origin: string): number {
    const count = wrongGuesses(origin);
    return count === 0 && trusted.has(origin) ? -1 : count;
  }

  function wrongGuesses(origin: string): number {
    const seen = wrong.get(origin);
    return seen === undefined || clock.now() - seen.at >= MEMORY ? 0 : seen.count;
  }

  function remember(origin: string): void {
    putLast(wrong, origin, { count: wrongGuesses(origin) + 1, at: clock.now() });
  }

  function trust(origin: string): void {
    wrong.delete(origin);
    putLast(trusted, origin, true);
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
      void answerLater(origin, started + WRONG_GUESS_DELAY, () => resolve(false));
      // Leave half of the time to everything else, unless an origin without wrong guesses waits.
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

  /** Drops a waiting guess of an origin with more wrong guesses, if needed. */
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

  return async (origin, check) => {
    if (!hasRoom(origin)) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<boolean | undefined>();
    waiting.add({ origin, check, resolve, reject });
    void work();
    return await promise;
  };
}

/** Puts an origin last, and forgets the first one if there are too many. */
function putLast<T>(origins: Map<string, T>, origin: string, value: T): void {
  origins.delete(origin);
  origins.set(origin, value);
  const [oldest] = origins.keys();
  if (origins.size > MAX_ORIGINS && oldest !== undefined) origins.delete(oldest);
}
