import { AccountPlaces } from "../assets/account_map.ts";
import type { Account } from "../assets/asset.ts";

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
  /** Undefined until there are two readings in different columns. */
  change(account: Account, window: Window): Change | undefined;
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

/** The first columns are shorter by this, so that a plot has points soon; two become one when there are too many. */
const FIRST_STEP = 2 ** -9;

/** A small float ends below 2^128, a value at 2^256: scaled like this, a change of 1 still has 20 bits of precision. */
const SCALE = 2 ** -129;

/** Makes the history of accounts that were never read. */
export function createHistory(accounts: readonly Account[]): History {
  return historyOf(accounts, { day: createColumns(DAY), hour: createColumns(HOUR) });
}

function historyOf(accounts: readonly Account[], windows: Readonly<Record<Window, Columns>>): History {
  const places = new AccountPlaces(accounts);
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
    change(account, window) {
      return changeOf(windows[window], places.of(account), WINDOWS[window]);
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
        list: columns.list.map(({ end, values }) => ({
          end,
          values: Float32Array.from(before, (place) => place === undefined ? NaN : values[place] ?? NaN),
        })),
      });
      return historyOf(others, { day: moved(day), hour: moved(hour) });
    },
  };
}

/** What the values of all accounts changed by, since the column before. */
interface Column {
  /** Its last reading, in milliseconds on the monotonic clock. */
  end: number;
  /** One per account; NaN if it was not read. */
  readonly values: Float32Array;
}

/** The columns of a window. */
interface Columns {
  readonly max: { readonly columns: number; readonly step: number };
  /** The oldest first. */
  list: Column[];
  /** In milliseconds: the readings of one step are in one column. */
  step: number;
}

function createColumns(max: Columns["max"]): Columns {
  return { max, list: [], step: max.step * FIRST_STEP };
}

function columnAt(columns: Columns, at: number, size: number): Column {
  const last = columns.list.at(-1);
  if (last !== undefined && stepOf(columns, last.end) >= stepOf(columns, at)) {
    last.end = Math.max(last.end, at);
    return last;
  }
  while (columns.list.length >= columns.max.columns) {
    if (columns.step < columns.max.step) join(columns);
    else columns.list.shift();
  }
  const column = { end: at, values: new Float32Array(size).fill(NaN) };
  columns.list.push(column);
  return column;
}

function stepOf({ step }: Columns, at: number): number {
  return Math.floor(at / step);
}

/** Doubles the step. */
function join(columns: Columns): void {
  columns.step *= 2;
  const joined: Column[] = [];
  for (const column of columns.list) {
    const before = joined.at(-1);
    if (before === undefined || stepOf(columns, before.end) !== stepOf(columns, column.end)) {
      joined.push(column);
      continue;
    }
    before.end = column.end;
    column.values.forEach((change, place) => {
      if (!Number.isNaN(change)) before.values[place] = plus(before.values[place] ?? NaN, change);
    });
  }
  columns.list = joined;
}

function plus(known: number, change: number): number {
  return Number.isNaN(known) ? change : known + change;
}

/** A column that an account was read in. */
interface Reading {
  readonly at: number;
  /** Since the one before. */
  readonly change: number;
}

function readingsOf({ list }: Columns, place: number | undefined): Reading[] {
  if (place === undefined) return [];
  return list.flatMap(({ end, values }) => {
    const change = values[place] ?? NaN;
    return Number.isNaN(change) ? [] : [{ at: end, change }];
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
