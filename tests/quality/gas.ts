import { dailyRhythm, DAY, HOUR, isWeekend } from "./calendar.ts";
import type { Random } from "./random.ts";

/** A price lasts this many minutes. */
const STEP = 5;

/** A mean-reverting logarithm: how far it strays, and after how many minutes it has forgotten. */
interface Reverting {
  readonly sigma: number;
  readonly memory: number;
}
/** Markets change over days, blocks fill up for an hour. */
const SLOW: Reverting = { sigma: 0.4, memory: 3 * DAY };
const FAST: Reverting = { sigma: 0.25, memory: HOUR };

/** Mints and liquidations: for an hour or two. Congestion: for a day or two. */
const SPIKES = { perYear: 24, median: 4, sigma: 0.5, max: 20, minutes: 75, spread: 0.8 };
const CONGESTION = { perYear: 2, median: 2.5, sigma: 0.3, max: 6, minutes: 1.5 * DAY, spread: 0.5 };

/** Gas price per minute, relative to the usual one. */
export function gasPrices(random: Random, minutes: number): Float64Array {
  const prices = new Float64Array(minutes);
  let slow = SLOW.sigma * random.normal();
  let fast = FAST.sigma * random.normal();
  const peak = random.between(13, 19);
  for (let minute = 0; minute < minutes; minute += STEP) {
    slow = revert(random, slow, SLOW);
    fast = revert(random, fast, FAST);
    const rhythm = dailyRhythm(minute, 0.2, peak) * (isWeekend(minute) ? 0.85 : 1);
    prices.fill(Math.exp(slow + fast) * rhythm, minute, minute + STEP);
  }
  for (const kind of [SPIKES, CONGESTION]) {
    for (let count = random.poisson(kind.perYear * minutes / (365 * DAY)); count > 0; count--) {
      addSpike(prices, random, kind);
    }
  }
  return prices;
}

function revert(random: Random, value: number, { sigma, memory }: Reverting): number {
  const kept = Math.exp(-STEP / memory);
  return value * kept + sigma * Math.sqrt(1 - kept * kept) * random.normal();
}

/** Rises within minutes, then decays. */
function addSpike(prices: Float64Array, random: Random, kind: typeof SPIKES): void {
  const from = Math.floor(random.next() * prices.length);
  const height = Math.min(kind.max, random.around(kind.median, kind.sigma)) - 1;
  const length = random.around(kind.minutes, kind.spread);
  const to = Math.min(prices.length, Math.round(from + 3 * length));
  for (let minute = from; minute < to; minute++) {
    const after = minute - from;
    const shape = Math.min(1, after / 10) * Math.exp(-Math.max(0, after - length / 2) / (length / 2));
    prices[minute] = (prices[minute] ?? 0) * (1 + Math.max(0, height) * shape);
  }
}
