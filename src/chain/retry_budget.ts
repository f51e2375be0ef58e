/** How many requests may be sent beyond those that are planned. */
export interface RetryBudget {
  /** Told of requests that were planned. */
  planned(requests: number): void;
  /**
   * Takes requests out of the budget.
   *
   * @returns whether there were so many left
   */
  take(requests: number): boolean;
}

/** One request in ten may be a second attempt; a few may come together, and a head with a batch may come at once. */
const SHARE = 0.1;
const MOST = 10;
const FIRST = 2;

/** Makes the budget of one network. */
export function createRetryBudget(): RetryBudget {
  let left = FIRST;
  return {
    planned(requests): void {
      left = Math.min(MOST, left + SHARE * requests);
    },
    take(requests): boolean {
      // Tenths do not add up to a whole exactly.
      if (left + 1e-9 < requests) return false;
      left -= requests;
      return true;
    },
  };
}
