/** How many requests may be sent beyond those that a healthy endpoint needs. */
export interface RetryBudget {
  /** Told of requests that gave what was asked for: only these earn others, so that an outage earns none. */
  earn(requests: number): void;
  /**
   * Takes requests out of the budget.
   *
   * @returns whether there were so many left
   */
  take(requests: number): boolean;
  /** Told of requests that had to be sent, in the budget or not: a debt, of ten at most, is paid before more is taken. */
  spend(requests: number): void;
}

/** One request in ten may be extra; a few may come together, and a head with a batch may come at once. */
const SHARE = 0.1;
const MOST = 10;
const FIRST = 2;

/** Makes the budget of one network. */
export function createRetryBudget(): RetryBudget {
  let left = FIRST;
  return {
    earn(requests): void {
      left = Math.min(MOST, left + SHARE * requests);
    },
    take(requests): boolean {
      // Tenths do not add up to a whole exactly.
      if (left + 1e-9 < requests) return false;
      left -= requests;
      return true;
    },
    spend(requests): void {
      left = Math.max(-MOST, left - requests);
    },
  };
}
