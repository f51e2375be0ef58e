import { AccountPlaces } from "../assets/account_map.ts";
import type { Account } from "../assets/asset.ts";
import { changeIn, columnAt, type Columns, createColumns, plus, SCALE } from "./columns.ts";
import { type ColumnReading, timeIfDayRepeats } from "./repeat_day.ts";
import { addPast, type First, firstOf, nearestColumn } from "./past_columns.ts";

/** How a value changed between two readings, about a window apart. */
export interface Change {
  /** In the smallest unit, with the seven digits of a small float. */
  readonly amount: number;
  /** The sum of the columns that decreased, and the seconds of all that did not increase. */
  readonly spent: number;
  readonly spentSeconds: number;
  /** Of the column that decreased most: a single transfer is in one. */
  readonly largest: number;
  readonly largestSeconds: number;
  /** Between the two readings: less than the window while the history is short. */
  readonly seconds: number;
}

/** A reading of the past. */
export interface Point {
  /** In milliseconds on the monotonic clock. */
  readonly at: number;
  /** How the value has changed since then, in the smallest unit. */
  readonly changeSince: number;
}

/** How the values of a network's accounts changed in the last hour and in the last 24. */
export interface History {
  /**
   * Adds a reading.
   *
   * @param at milliseconds on the monotonic clock, not before that of any other
   * @param change since the previous reading, in the smallest unit; 0 for the first
   */
  add(account: Account, at: number, change: bigint): void;
  /**
   * Adds readings of the past, each older than what its account has; others are ignored.
   *
   * @param at milliseconds on the monotonic clock
   * @param changes from then to the account's first reading, in the smallest unit
   */
  addPast(at: number, changes: Iterable<readonly [Account, bigint]>): void;
  /** What is known of an account's first reading; undefined if it was never read. */
  first(account: Account): First | undefined;
  /** Whether a reading of the past was larger than the one after it: then it spent before the exporter started. */
  spentBefore(account: Account): boolean;
  /** The time of the column that is nearest to a time, if it is near enough to be the same. */
  nearestTo(at: number): number | undefined;
  /** Undefined until there are two readings in different columns. */
  change(account: Account, window: Window): Change | undefined;
  /**
   * Seconds until an amount is spent if the last day repeats itself, hour by hour; undefined while less than a day is
   * known, and if its hours are not alike.
   *
   * @param amount in the smallest unit
   */
  secondsIfDayRepeats(account: Account, amount: number): number | undefined;
  /** One per column of the last 24 hours that an account was read in, the oldest first. */
  points(account: Account): readonly Point[];
  /** Makes a history of other accounts; those with a key of this one keep their columns. */
  withAccounts(accounts: readonly Account[]): History;
}

/** Windows of time, in milliseconds. */
const WINDOWS = { hour: 3_600_000, day: 86_400_000 };
export type Window = keyof typeof WINDOWS;

/** A day in columns of half an hour, with the one that is being filled and one before: 200 bytes per account. */
const DAY = { columns: 50, step: 1_800_000 };
/** An hour in columns of ten minutes: by those of a day it could be 75. */
const HOUR = { columns: 8, step: 600_000 };

/** Makes the history of accounts that were never read. */
export function createHistory(accounts: readonly Account[]): History {
  return historyOf(accounts, { day: createColumns(DAY), hour: createColumns(HOUR) });
}

function historyOf(
  accounts: readonly Account[],
  windows: Readonly<Record<Window, Columns>>,
  spenders: ReadonlySet<string> = new Set(),
): History {
  const places = new AccountPlaces(accounts);
  /** Keys of accounts that spent before they were first read. */
  const spentBefore = new Set(spenders);
  const { day, hour } = windows;
  return {
    add(account, at, change): void {
      const place = places.of(account);
      if (place === undefined) return;
      const scaled = change === 0n ? 0 : Number(change) * SCALE;
      for (const columns of [day, hour]) {
        const { values } = columnAt(columns, at, accounts.length);
        values[place] = plus(values[place] ?? NaN, scaled);
      }
    },
    addPast(at, changes): void {
      const placed = [...changes].flatMap(([account, change]) => {
        const place = places.of(account);
        return place === undefined || (firstOf(day, place)?.at ?? -Infinity) <= at ? [] : [{ account, place, change }];
      });
      for (const columns of [day, hour]) addPast(columns, at, accounts.length, placed);
      for (const { account, change } of placed) if (change < 0n) spentBefore.add(account.key);
    },
    first(account): First | undefined {
      return firstOf(day, places.of(account));
    },
    spentBefore: ({ key }) => spentBefore.size > 0 && spentBefore.has(key),
    nearestTo: (at) => nearestColumn(day, at, day.max.step)?.end,
    change(account, window) {
      return changeOf(windows[window], places.of(account), WINDOWS[window]);
    },
    secondsIfDayRepeats(account, amount): number | undefined {
      const time = timeIfDayRepeats(readingsOf(day, places.of(account)), amount * SCALE);
      return time === undefined ? undefined : time / 1000;
    },
    points(account): readonly Point[] {
      let changeSince = 0;
      return readingsOf(day, places.of(account)).reverse().map(({ at, change }) => {
        const point = { at, changeSince };
        changeSince += change / SCALE;
        return point;
      }).reverse();
    },
    withAccounts(others): History {
      const byKey = new Map(accounts.map(({ key }, place) => [key, place]));
      const before = others.map(({ key }) => byKey.get(key));
      const moved = (columns: Columns): Columns => ({
        ...columns,
        list: columns.list.map(({ values, ...column }) => ({
          ...column,
          values: Float32Array.from(before, (place) => place === undefined ? NaN : values[place] ?? NaN),
        })),
      });
      return historyOf(others, { day: moved(day), hour: moved(hour) }, spentBefore);
    },
  };
}

function readingsOf({ list }: Columns, place: number | undefined): ColumnReading[] {
  if (place === undefined) return [];
  return list.flatMap((column) => {
    const change = changeIn(column, place);
    return Number.isNaN(change) ? [] : [{ at: column.end, change }];
  });
}

/** Back from the last reading to the one that is nearest to the window's start; without lists, for 50,000 accounts. */
function changeOf({ list }: Columns, place: number | undefined, window: number): Change | undefined {
  if (place === undefined) return undefined;
  const changeAt = (index: number): number => list[index]?.values[place] ?? NaN;
  const endOf = (index: number): number => list[index]?.end ?? NaN;
  let first = list.findLastIndex(({ values }) => !Number.isNaN(values[place] ?? NaN));
  const last = endOf(first);
  let amount = 0;
  let spent = 0;
  let spentMs = 0;
  let largest = 0;
  let largestMs = 0;
  let distance = Infinity;
  for (let index = first - 1; index >= 0; index--) {
    if (Number.isNaN(changeAt(index))) continue;
    const away = Math.abs(last - window - endOf(index));
    if (away > distance) break;
    distance = away;
    const change = changeAt(first);
    amount += change;
    if (change <= 0) {
      const length = endOf(first) - endOf(index);
      spent -= change;
      spentMs += length;
      if (-change > largest) [largest, largestMs] = [-change, length];
    }
    first = index;
  }
  const seconds = (last - endOf(first)) / 1000;
  if (distance === Infinity) return undefined;
  return {
    amount: amount / SCALE,
    spent: spent / SCALE,
    spentSeconds: spentMs / 1000,
    largest: largest / SCALE,
    largestSeconds: largestMs / 1000,
    seconds,
  };
}
