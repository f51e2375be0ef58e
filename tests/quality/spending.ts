import { dailyRhythm, DAY, HOUR, isWeekend, nextWorkingTime, type Span, WEEK, YEAR } from "./calendar.ts";
import type { Random } from "./random.ts";

/** What a wallet is for. */
export const KINDS = ["batcher", "relayer", "oracle", "operations", "payout"] as const;
export type Kind = (typeof KINDS)[number];

/** How many transactions are expected in a minute, in units of the wallet, and what one of them costs. */
type Spender = (random: Random, prices: Float64Array) => Float64Array;

/** Posts a batch at a fixed pace, larger ones at busy times. */
const batcher: Spender = (random, prices) => {
  const pace = random.pick([[1, 1], [2, 2], [3, 5], [3, 10], [2, 30], [1, 60]]);
  const phase = Math.floor(random.between(0, pace));
  const amplitude = random.between(0.05, 0.4);
  return prices.map((price, minute) =>
    (minute % pace === phase ? price * random.around(1, 0.15) : 0) * dailyRhythm(minute, amplitude, 16)
  );
};

/** Serves users: many by day, few by night and on weekends. */
const relayer: Spender = (random, prices) => {
  const mean = random.around(150, 1) / DAY;
  const amplitude = random.between(0.4, 0.8);
  const peak = random.between(8, 20);
  const weekend = random.between(0.4, 0.9);
  return prices.map((price, minute) => {
    const expected = mean * dailyRhythm(minute, amplitude, peak) * (isWeekend(minute) ? weekend : 1);
    const count = random.poisson(expected);
    return count === 0 ? 0 : count * price * random.around(1, 0.4);
  });
};

/** Reports every hour, and more often when markets move, which is when gas is expensive. */
const oracle: Spender = (random, prices) => {
  const mean = random.around(60, 0.7) / DAY;
  const phase = Math.floor(random.between(0, HOUR));
  return prices.map((price, minute) => {
    const count = random.poisson(mean * price ** 0.7) + (minute % HOUR === phase ? 1 : 0);
    return count * price;
  });
};

/** Deploys and administers: some sessions of an hour or two per week, nothing else. */
const operations: Spender = (random, prices) => {
  const costs = new Float64Array(prices.length);
  const gap = WEEK / random.between(1, 4);
  for (let at = 0; at < prices.length; at += gap * -Math.log(1 - random.next())) {
    const from = nextWorkingTime(at, random.between(9, 18));
    const length = random.between(30, 180);
    for (let count = random.between(5, 60); count > 0; count--) {
      const minute = Math.floor(from + random.next() * length);
      costs[minute] = (costs[minute] ?? 0) + (prices[minute] ?? 1) * random.around(1, 1);
    }
  }
  return costs;
};

/** Pays people by day, in amounts that do not depend on gas; some have a large payment each week. */
const payout: Spender = (random, prices) => {
  const mean = random.around(20, 0.8) / DAY;
  const weekly = random.next() < 0.4 ? random.between(0.5, 2) * mean * DAY : 0;
  const friday = 4 * DAY + random.between(10, 16) * HOUR;
  return prices.map((_, minute) => {
    const expected = mean * dailyRhythm(minute, 0.9, 14) * (isWeekend(minute) ? 0.3 : 1);
    const count = random.poisson(expected);
    const large = minute % WEEK === Math.floor(friday) ? weekly * random.between(0.7, 1.3) : 0;
    return (count === 0 ? 0 : count * random.around(0.7, 0.9)) + large;
  });
};

const SPENDERS: Readonly<Record<Kind, Spender>> = { batcher, relayer, oracle, operations, payout };

/** Maintenance and quiet projects, and services that retry, loop or catch up: what they multiply spending by. */
const DISTURBANCES = [
  { perYear: 3, minutes: 8 * HOUR, sigma: 1, factor: () => 0 },
  { perYear: 0.3, minutes: 20 * DAY, sigma: 0.5, factor: () => 0 },
  { perYear: 1.5, minutes: 4 * HOUR, sigma: 1, factor: (random: Random) => random.between(3, 12) },
] as const;

/**
 * What the transactions of each minute cost, whether the wallet could pay or not.
 *
 * @param typical mean per day in coins
 */
export function spendingOf(kind: Kind, random: Random, prices: Float64Array, typical: number): Float64Array {
  const costs = SPENDERS[kind](random, prices);
  grow(costs, random);
  for (const { perYear, minutes, sigma, factor } of DISTURBANCES) {
    for (let count = random.poisson(perYear * costs.length / YEAR); count > 0; count--) {
      const from = Math.floor(random.next() * costs.length);
      const by = factor(random);
      multiply(costs, { from, to: from + Math.round(random.around(minutes, sigma)) }, by);
    }
  }
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length * DAY;
  return costs.map((cost) => mean === 0 ? 0 : cost * typical / mean);
}

/** The use of a service changes from week to week. */
function grow(costs: Float64Array, random: Random): void {
  let level = 0;
  for (let from = 0; from < costs.length; from += WEEK) {
    level = 0.98 * level + 0.08 * random.normal();
    multiply(costs, { from, to: from + WEEK }, Math.exp(level));
  }
}

function multiply(costs: Float64Array, { from, to }: Span, factor: number): void {
  for (let minute = from; minute < Math.min(to, costs.length); minute++) costs[minute] = (costs[minute] ?? 0) * factor;
}
