import { systemClock } from "../../src/util/clock.ts";

/** Ends a test that would wait forever: no machine is this slow. */
export const PATIENCE = 120_000;

const POLL_MS = 30;

/**
 * Polls a condition of another process.
 *
 * @param what for the error
 * @param holds is called repeatedly; an exception counts as `false`
 * @returns its first result that is neither `undefined` nor `false`
 * @throws {Error} after {@linkcode PATIENCE}
 */
export async function until<T>(
  what: string,
  holds: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  let last: unknown;
  for (let waited = 0; waited < PATIENCE; waited += POLL_MS) {
    try {
      const found = await holds();
      if (found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await systemClock.sleep(POLL_MS);
  }
  throw new Error(`Timed out: ${what}`, { cause: last });
}
