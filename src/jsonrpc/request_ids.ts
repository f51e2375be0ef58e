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

/** Hands out ids that no other request in flight has. */
export interface IdSource {
  /** @param count how many calls the request has */
  take(count: number): Ids;
  /** Call it when the request was answered or given up. */
  release(ids: Ids): void;
}

/**
 * Makes a source of ids from 1 to 2^31 − 1. They only grow, so that a late answer to another request never matches; past
 * the last they start again at 1.
 */
export function createIds(start: number): IdSource {
  const inFlight = new Set<Ids>();
  let next = start;
  return {
    take(count): Ids {
      const step = Math.min(MIN_STEP + Math.floor(Math.random() * MIN_STEP), Math.floor(MAX_ID / count));
      const span = step * count;
      let first = next;
      // Each round skips one request in flight, or starts again at 1.
      for (let rounds = 2 * inFlight.size + 2; rounds > 0; rounds--) {
        if (first + span - step > MAX_ID) first = 1;
        const taken = overlapping(first, span);
        if (taken === undefined) break;
        first = endOf(taken);
      }
      const ids = { first, step, count };
      next = first + span;
      inFlight.add(ids);
      return ids;
    },
    release: (ids) => inFlight.delete(ids),
  };

  function overlapping(first: number, span: number): Ids | undefined {
    return inFlight.values().find((ids) => ids.first < first + span && first < endOf(ids));
  }
}

function endOf({ first, step, count }: Ids): number {
  return first + step * count;
}

/** The ids of this process, from a random start. */
export const REQUEST_IDS: IdSource = createIds(1 + (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 2 ** 30);
