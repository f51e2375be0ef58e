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
const REQUESTS_PER_EXTRA = 10;
/** Maximum of extra requests at once. */
const MAX = 10;
/** Enough for a head with a batch in the first poll. */
const INITIAL = 2;

/** Makes the budget of one network. */
export function createRetryBudget(): RetryBudget {
  // In successful requests, since tenths do not add up to one exactly.
  let left = REQUESTS_PER_EXTRA * INITIAL;
  return {
    earn(requests): void {
      left = Math.min(REQUESTS_PER_EXTRA * MAX, left + requests);
    },
    take(requests): boolean {
      if (left < REQUESTS_PER_EXTRA * requests) return false;
      left -= REQUESTS_PER_EXTRA * requests;
      return true;
    },
    spend(requests): void {
      left = Math.max(-REQUESTS_PER_EXTRA * MAX, left - REQUESTS_PER_EXTRA * requests);
    },
  };
}
