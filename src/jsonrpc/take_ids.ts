import type { Ids } from "./match_replies.ts";

/** Nodes that keep ids as signed 32-bit numbers give larger ones back changed. */
const MAX_ID = 2 ** 31 - 1;

/** Ids of one batch are this far apart at least, where so many fit. */
const MIN_STEP = 100;

/** Hands out ids that no other request in flight has. */
export interface IdSource {
  /** @param count how many calls the request has */
  take(count: number): Ids;
  /** Ends their use: the request was answered, or given up. */
  release(ids: Ids): void;
}

/**
 * Makes a source of ids from 1 to 2^31 − 1. They start anywhere and only grow, so that an answer to
 * another request cannot pass for one to this; past the last they start again at 1.
 *
 * @param start the first id
 */
export function createIds(start: number): IdSource {
  const inFlight = new Set<Ids>();
  let next = start;
  return {
    take(count): Ids {
      const step = Math.min(MIN_STEP + Math.floor(Math.random() * MIN_STEP), Math.floor(MAX_ID / count));
      const span = step * count;
      let first = next;
      // Each turn passes one request in flight, or starts again at 1.
      for (let turns = 2 * inFlight.size + 2; turns > 0; turns--) {
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

/** Of the process. */
export const REQUEST_IDS: IdSource = createIds(1 + (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 2 ** 30);
