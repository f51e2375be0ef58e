import { DAY, HOUR, nextWorkingTime, type Span, WEEK, YEAR } from "./calendar.ts";
import { gasPrices } from "./gas.ts";
import { createRandom, type Random } from "./random.ts";
import { type Kind, spendingOf } from "./spending.ts";

/** A year of a wallet, and of the exporter that watches it. */
export interface WalletYear {
  readonly seed: number;
  readonly kind: Kind;
  readonly funding: Funding;
  /** How many coins it spends in a mean day. */
  readonly typical: number;
  /** As its operator configured it; 0 if none. */
  readonly minimum: number;
  readonly minimumSetBy: MinimumHabit;
  /** Coins at the end of each minute. */
  readonly balance: Float64Array;
  /** Coins that it had to pay in each minute, whether it could or not; for two days longer than the year. */
  readonly demand: Float64Array;
  /** From the first transaction that it could not pay to the top-up. */
  readonly dryOuts: readonly Span[];
  readonly topUps: readonly number[];
  /** Large planned transfers. */
  readonly transfers: readonly number[];
  /** While no node answers. */
  readonly outages: readonly Span[];
  /** While the exporter does not run. */
  readonly gaps: readonly Span[];
  /** Minutes between polls. */
  readonly interval: number;
}

/** Who tops the wallet up; none of them looks at alerts. */
export type Funding = "scheduled" | "bot" | "manual" | "forgotten";
/** How its minimum was chosen. */
export type MinimumHabit = "days" | "round" | "outdated" | "high" | "none";

export const KINDS: readonly (readonly [number, Kind])[] = [
  [35, "batcher"],
  [25, "relayer"],
  [15, "oracle"],
  [10, "operations"],
  [15, "payout"],
];
const FUNDINGS: readonly (readonly [number, Funding])[] = [[30, "scheduled"], [40, "bot"], [20, "manual"], [
  10,
  "forgotten",
]];
const HABITS: readonly (readonly [number, MinimumHabit])[] = [
  [60, "days"],
  [20, "round"],
  [10, "outdated"],
  [5, "high"],
  [5, "none"],
];

/** A day for what follows the last alert, and another one to be sure. */
const AFTER = 2 * DAY;

/** Simulates a year. The same seed gives the same year. */
export function simulateWallet(seed: number): WalletYear {
  const random = createRandom(seed);
  const kind = random.pick(KINDS);
  const typical = random.around(0.3, 1.5);
  const demand = spendingOf(kind, random, gasPrices(random, YEAR + AFTER), typical);
  const funding = random.pick(FUNDINGS);
  const target = targetOf(funding, random);
  const minimumSetBy = random.pick(HABITS);
  const minimum = minimumOf(minimumSetBy, random, typical, target.days);
  const life = live(random, { kind, funding, typical, demand, ...target });
  return {
    seed,
    kind,
    funding,
    typical,
    minimum,
    minimumSetBy,
    demand,
    ...life,
    outages: spans(random, [{ perYear: 10, median: 20, sigma: 1.3 }, { perYear: 1, median: 5 * HOUR, sigma: 0.5 }]),
    gaps: spans(random, [{ perYear: 40, median: 2, sigma: 0.5 }, { perYear: 2, median: 90, sigma: 1 }]),
    interval: random.pick([[2, 5], [1, 1]]),
  };
}

interface Target {
  /** A top-up lasts this many mean days. */
  readonly days: number;
  /** Days between top-ups, if they are scheduled. */
  readonly every: number;
  /** They top up below this part of the target. */
  readonly level: number;
}

function targetOf(funding: Funding, random: Random): Target {
  const every = random.pick([[2, 7], [1, 14], [1, 30]]);
  switch (funding) {
    case "scheduled":
      return { every, days: every * random.between(1.3, 2.5), level: 1 };
    case "bot":
      return { every, days: random.between(4, 20), level: random.between(0.15, 0.4) };
    case "manual":
      return { every, days: random.between(10, 40), level: random.between(0.2, 0.4) };
    case "forgotten":
      return { every, days: random.between(20, 90), level: 0 };
  }
}

function minimumOf(habit: MinimumHabit, random: Random, typical: number, days: number): number {
  switch (habit) {
    case "days":
      return tidy(typical * Math.min(random.around(3, 0.5), days / 2));
    case "round":
      return tidy(typical * Math.min(random.around(1.5, 1.2), days));
    case "outdated":
      return tidy(typical * random.between(0.1, 0.7));
    case "high":
      return tidy(typical * days * random.between(0.5, 0.9));
    case "none":
      return 0;
  }
}

/** People write 0.5 or 2, not 0.47. */
function tidy(amount: number): number {
  const unit = 10 ** Math.floor(Math.log10(amount));
  const digit = [1, 2, 3, 5, 10].reduce((best, next) =>
    Math.abs(Math.log(amount / unit / next)) < Math.abs(Math.log(amount / unit / best)) ? next : best
  );
  return Number((digit * unit).toPrecision(1));
}

interface Life extends Target {
  readonly kind: Kind;
  readonly funding: Funding;
  readonly typical: number;
  readonly demand: Float64Array;
}

/** Prometheus prints what is read from it: six digits after the point of a mean day are enough. */
const DIGITS = 1e6;

/** Spends, is topped up, runs dry. */
function live(random: Random, life: Life): Pick<WalletYear, "balance" | "dryOuts" | "topUps" | "transfers"> {
  const { kind, demand, typical, days } = life;
  const target = typical * days;
  const balance = new Float64Array(YEAR);
  const dryOuts: Span[] = [];
  const topUps: number[] = [];
  const transfers: number[] = [];
  const planned = planTransfers(random);
  const nextTopUp = createFunding(random, life);
  let left = target * random.between(0.4, 1);
  let dryFrom: number | undefined;
  let repairAt = Infinity;
  for (let minute = 0; minute < YEAR; minute++) {
    const isRepaired = minute >= repairAt;
    if (isRepaired || nextTopUp(minute, left)) {
      // Not always as much as it should be.
      const amount = target * (random.next() < 0.15 ? random.between(0.15, 0.6) : 1);
      if (left < amount) {
        left = Math.max(left + 0.1 * target, amount);
        topUps.push(minute);
        if (dryFrom !== undefined) dryOuts.push({ from: dryFrom, to: minute });
        dryFrom = undefined;
        repairAt = Infinity;
      }
    }
    if (dryFrom === undefined && planned.has(minute)) {
      const amount = Math.min(left * random.between(0.3, 0.85), left - 2 * typical);
      if (amount > 0.2 * left) {
        demand[minute] = (demand[minute] ?? 0) + amount;
        transfers.push(minute);
      }
    }
    const cost = demand[minute] ?? 0;
    if (dryFrom === undefined && cost > left) {
      dryFrom = minute;
      // Payments are made as far as there are coins; a transaction without its fee is rejected.
      if (kind === "payout") left = 0;
      // The service has stopped: somebody notices, sooner or later.
      repairAt = minute + Math.max(10, random.around(5 * HOUR, 1));
    }
    if (dryFrom === undefined) left -= cost;
    balance[minute] = Math.max(0, Math.round(left / typical * DIGITS) / DIGITS * typical);
  }
  if (dryFrom !== undefined) dryOuts.push({ from: dryFrom, to: YEAR });
  return { balance, dryOuts, topUps, transfers };
}

/** Owners move surplus away in working hours, in half of the wallets, and leave enough for two days. */
function planTransfers(random: Random): ReadonlySet<number> {
  const count = random.next() < 0.5 ? random.poisson(2) : 0;
  return new Set(
    Array.from(
      { length: count },
      () => Math.floor(nextWorkingTime(random.next() * (YEAR - WEEK), random.between(9, 17))),
    ),
  );
}

/** Whether the wallet is topped up in a minute, by what is left. */
function createFunding(random: Random, life: Life): (minute: number, left: number) => boolean {
  const { funding, typical, days, every, level } = life;
  const target = typical * days;
  switch (funding) {
    case "scheduled": {
      let at = nextWorkingTime(random.next() * every * DAY, random.between(9, 17));
      return (minute) => {
        if (minute < at) return false;
        const isForgotten = random.next() < 0.06;
        at = nextWorkingTime(minute + every * DAY - 4 * HOUR, random.between(9, 17));
        return !isForgotten;
      };
    }
    case "bot": {
      const at = Math.floor(random.between(0, HOUR));
      const broken = spans(random, [{ perYear: 1.5, median: 2.5 * DAY, sigma: 0.8 }]);
      return (minute, left) =>
        minute % HOUR === at && left < level * target && !broken.some(({ from, to }) => from <= minute && minute < to);
    }
    case "manual": {
      const away = spans(random, [{ perYear: 2.5, median: 8 * DAY, sigma: 0.4 }]);
      let at = 0;
      let isLow = false;
      return (minute, left) => {
        if (minute < at) return false;
        // Looks in the morning, acts some hours later.
        const acts = isLow;
        isLow = !acts && left < level * target && random.next() < 0.7 &&
          !away.some(({ from, to }) => from <= minute && minute < to);
        at = isLow ? minute + Math.floor(random.between(5, 6 * HOUR)) : nextWorkingTime(minute + 4 * HOUR, 10);
        return acts;
      };
    }
    case "forgotten":
      return () => false;
  }
}

interface Trouble {
  readonly perYear: number;
  /** Minutes. */
  readonly median: number;
  readonly sigma: number;
}

/** Spans of trouble, in order; those that touch are one. */
function spans(random: Random, kinds: readonly Trouble[]): readonly Span[] {
  const all = kinds.flatMap(({ perYear, median, sigma }) =>
    Array.from({ length: random.poisson(perYear) }, () => {
      const from = Math.floor(random.next() * YEAR);
      return { from, to: Math.min(YEAR, from + Math.max(1, Math.round(random.around(median, sigma)))) };
    })
  ).toSorted((one, other) => one.from - other.from);
  const joined: Span[] = [];
  for (const span of all) {
    const last = joined.at(-1);
    if (last === undefined || span.from > last.to) joined.push(span);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return joined;
}
