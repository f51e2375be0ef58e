/** Random choices that a seed repeats. */
export interface Random {
  /** A whole number from 0 up to, but not, the limit. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * Makes a source of random choices (mulberry32).
 *
 * @param seed a whole number
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function below(limit: number): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * limit);
  }

  return {
    below,
    pick<T>(items: readonly T[]): T {
      const item = items[below(items.length)];
      if (item === undefined && items.length === 0) throw new RangeError("Cannot pick from nothing");
      return item as T;
    },
    shuffle<T>(items: readonly T[]): T[] {
      return items.map((item) => ({ item, order: below(2 ** 31) })).sort((a, b) => a.order - b.order).map(({ item }) =>
        item
      );
    },
  };
}
