import { systemClock } from "../../src/util/clock.ts";

/** Only so that a test that waits in vain ends at all: no machine is this slow. */
export const PATIENCE = 120_000;

const POLL_MS = 30;

/**
 * Waits until something holds of another process, which cannot call back.
 *
 * @param what for the error
 * @param holds is asked again and again; what it throws counts as no
 * @returns what it returned, once that was neither `undefined` nor `false`
 * @throws {Error} when it never holds
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
  throw new Error(`It never came: ${what}`, { cause: last });
}
