import { nativeAccount } from "../../src/assets/native.ts";
import { createHistory } from "../../src/poller/history.ts";
import { outflowOf, secondsUntil } from "../../src/poller/trend.ts";
import { DAY, HOUR, YEAR } from "./calendar.ts";
import { gasPrices } from "./gas.ts";
import { createRandom } from "./random.ts";
import { type Kind, spendingOf } from "./spending.ts";
import { KINDS } from "./wallets.ts";

/** True times until a wallet is empty, in hours: it is given what it will spend until then. */
export const TRUE_HOURS = [6, 9, 12, 18, 24, 36, 48];
/** Moments of a year at which each is predicted, in minutes: at all hours of the day and the week. */
const EVERY = 3 * DAY + 7 * HOUR;

/** How far predictions were off: predicted / true − 1. */
export interface Predictions {
  readonly kind: Kind;
  /** Whether the hours of the day before had a coefficient of variation below 0.5. */
  readonly isSteady: boolean;
  /** Whether those and the hours until it is empty had one below 0.5. */
  readonly staysSteady: boolean;
  readonly trueHours: number;
  /** By the exporter's code. */
  readonly error: number;
  /** If what is spent in the first half of the time were known: an estimate from the past can hardly be better. */
  readonly halfKnownError: number;
}

/** Whether the price of gas changes as in the simulation, or stays. */
export type Gas = "changing" | "constant";

/** Predicts the time to empty of a simulated wallet, at moments of a year. */
export function* predictTimes(seed: number, gas: Gas): Iterable<Predictions> {
  const random = createRandom(seed);
  const kind = random.pick(KINDS);
  const changing = gasPrices(random, YEAR + 2 * DAY);
  const demand = spendingOf(kind, random, gas === "changing" ? changing : new Float64Array(changing.length).fill(1), 1);
  for (let now = 2 * DAY; now < YEAR; now += EVERY) {
    const past = hoursOf(demand, now - DAY, now);
    if (sumOf(past) === 0) continue;
    const isSteady = variationOf(past) < 0.5;
    const predict = predictor(demand, now);
    for (const trueHours of TRUE_HOURS) {
      const next = hoursOf(demand, now, now + trueHours * HOUR);
      const balance = sumOf(next);
      if (balance === 0) continue;
      const half = next.slice(0, trueHours / 2);
      yield {
        kind,
        isSteady,
        staysSteady: isSteady && variationOf([...past, ...next]) < 0.5,
        trueHours,
        error: predict(balance) / trueHours - 1,
        halfKnownError: balance * half.length / sumOf(half) / trueHours - 1,
      };
    }
  }
}

/** Units of a coin: amounts are whole. */
const UNITS = 1e15;
const ACCOUNT = { ...nativeAccount(`0x${"1".repeat(40)}`), place: 0 };

/** Makes the exporter's prediction, in hours, by the spending of the day before: polls each five minutes. */
function predictor(demand: Float64Array, now: number): (balance: number) => number {
  const history = createHistory([ACCOUNT]);
  const step = 5;
  for (let minute = now - DAY - HOUR; minute <= now; minute += step) {
    const spent = sumOf(demand.subarray(minute - step, minute));
    history.add(ACCOUNT, minute * 60_000, BigInt(-Math.round(spent * UNITS)));
  }
  const outflow = outflowOf(history.change(ACCOUNT, "day"));
  return (balance) => {
    const amount = balance * UNITS;
    const seconds = history.secondsIfDayRepeats(ACCOUNT, amount) ?? secondsUntil(BigInt(Math.round(amount)), outflow);
    return (seconds ?? Infinity) / 3600;
  };
}

function hoursOf(demand: Float64Array, from: number, to: number): readonly number[] {
  return Array.from({ length: (to - from) / HOUR }, (_, hour) => {
    const begin = from + hour * HOUR;
    return sumOf(demand.subarray(begin, begin + HOUR));
  });
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function variationOf(hours: readonly number[]): number {
  const mean = sumOf(hours) / hours.length;
  return Math.sqrt(sumOf(hours.map((hour) => (hour - mean) ** 2)) / hours.length) / mean;
}

/** The share of errors that are within a limit. */
export function shareWithin(errors: readonly number[], limit: number): number {
  return errors.filter((error) => Math.abs(error) <= limit).length / errors.length;
}
