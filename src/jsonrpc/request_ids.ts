/**
 * The ids of a batch: `first`, `first + step`, … The gaps make sure that an id that is slightly wrong matches no call,
 * rather than its neighbour.
 */
export interface Ids {
  readonly first: number;
  readonly step: number;
  /** How many calls were sent. */
  readonly count: number;
}

/** Nodes that keep ids as signed 32-bit numbers return larger ones changed. */
const MAX_ID = 2 ** 31 - 1;

/** The least distance between ids of a batch, as long as they fit. */
const MIN_STEP = 100;

/**
 * Makes a function that takes ids for a number of calls, from 1 to 2^31 − 1. They only grow, so that a late answer to
 * another request never matches; past the last, which is after millions of calls, they start again at 1.
 */
export function createIds(start: number): (count: number) => Ids {
  let next = start;
  return (count) => {
    const step = Math.min(MIN_STEP + Math.floor(Math.random() * MIN_STEP), Math.floor(MAX_ID / count));
    const first = next + step * (count - 1) > MAX_ID ? 1 : next;
    next = first + step * count;
    return { first, step, count };
  };
}

/** Takes ids of this process, from a random start. */
export const takeIds = createIds(1 + (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 2 ** 30);
