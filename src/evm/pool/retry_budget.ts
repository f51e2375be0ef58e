/** Limits requests beyond those that a healthy endpoint needs. */
export interface RetryBudget {
  /** Adds a share of successful requests to the budget: an outage earns nothing. */
  earn(requests: number): void;
  /**
   * Spends requests if the budget has enough.
   *
   * @returns whether it had enough
   */
  take(requests: number): boolean;
  /** Spends unconditionally; the budget may fall to -{@linkcode MAX}. */
  spend(requests: number): void;
}

/** One request in ten may be extra. */
const SHARE = 0.1;
/** Maximum of extra requests at once. */
const MAX = 10;
/** Enough for a head with a batch in the first poll. */
const INITIAL = 2;

/** Makes the budget of one network. */
export function createRetryBudget(): RetryBudget {
  let left = INITIAL;
  return {
    earn(requests): void {
      left = Math.min(MAX, left + SHARE * requests);
    },
    take(requests): boolean {
      // Tenths do not add up to one exactly.
      if (left + 1e-9 < requests) return false;
      left -= requests;
      return true;
    },
    spend(requests): void {
      left = Math.max(-MAX, left - requests);
    },
  };
}
