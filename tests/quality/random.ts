/** A source of repeatable random numbers. */
export interface Random {
  /** From 0 to less than 1. */
  next(): number;
  /** From `from` to less than `to`. */
  between(from: number, to: number): number;
  /** Normally distributed, mean 0 and deviation 1. */
  normal(): number;
  /** Log-normal: the median, and the deviation of the logarithm. */
  around(median: number, sigma: number): number;
  /** How often something happens that is expected `mean` times. */
  poisson(mean: number): number;
  /** One of them, with weights. */
  pick<T>(choices: readonly (readonly [weight: number, value: T])[]): T;
}

/** Above this mean, the normal distribution is near enough. */
const MANY = 30;

/** Makes a source (mulberry32). Seeds that differ by one give unrelated numbers. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    normal,
    between: (from, to) => from + (to - from) * next(),
    around: (median, sigma) => median * Math.exp(sigma * normal()),
    poisson(mean): number {
      if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      let count = 0;
      let term = Math.exp(-mean);
      for (let left = next() - term; left > 0 && count < 4 * MANY; left -= term) term *= mean / ++count;
      return count;
    },
    pick(choices) {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of choices) if ((left -= weight) < 0) return value;
      const [, last] = choices.at(-1) ?? [];
      if (last === undefined) throw new RangeError("Nothing to pick from");
      return last;
    },
  };
}
