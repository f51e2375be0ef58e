import type { Account } from "../assets/asset.ts";

/** The balances of a network's accounts since the start, at a resolution that decreases over time. */
export interface History {
  /** When each column was taken, in seconds since the Unix epoch; ascending. */
  readonly times: readonly number[];
  /** The balances of one account in whole coins, one per column; NaN if it was not read. */
  points(account: Account): Float32Array;
  /** Adds a column, if one is due. */
  push(time: number, amountOf: (account: Account) => number): void;
  /** Makes a history of other accounts with the same columns; accounts with the same key keep their points. */
  withAccounts(accounts: readonly Account[]): History;
}

/** Half of this, after thinning, is enough for a sparkline. */
const MAX_COLUMNS = 48;

/** Points are floats of 4 bytes; some local chains start with larger balances. */
const MAX_POINT = 3.4e38;

/**
 * Makes a history of fixed size: when it is full, every second column is dropped, and from then on only every second,
 * fourth, … one is added. It always reaches back to the start, at 4 bytes per point outside the JavaScript heap.
 */
export function createHistory(accounts: readonly Account[]): History {
  const values = new Float32Array(accounts.length * MAX_COLUMNS);
  return historyOf({ accounts, values, times: [], stride: 1, turn: 0 });
}

/** The data of a history. */
interface Columns {
  readonly accounts: readonly Account[];
  /** {@linkcode MAX_COLUMNS} per account, in their order. */
  readonly values: Float32Array;
  readonly times: number[];
  readonly stride: number;
  readonly turn: number;
}

function historyOf({ accounts, values, ...start }: Columns): History {
  let { times, stride, turn } = start;
  /** Start index of each account's points; made on first use, since few are ever read. */
  let starts: ReadonlyMap<Account, number> | undefined;

  function startOf(account: Account): number {
    starts ??= new Map(accounts.map((each, index) => [each, index * MAX_COLUMNS]));
    return starts.get(account) ?? values.length;
  }

  function thin(): void {
    times = times.filter((_, column) => column % 2 === 0);
    for (let start = 0; start < values.length; start += MAX_COLUMNS) {
      for (let column = 0; column < times.length; column++) {
        values[start + column] = values[start + 2 * column] ?? NaN;
      }
    }
    stride *= 2;
  }

  return {
    get times(): readonly number[] {
      return times;
    },
    points: (account) => values.slice(startOf(account), startOf(account) + times.length),
    push(time, amountOf): void {
      if (turn++ % stride !== 0) return;
      if (times.length === MAX_COLUMNS) thin();
      const column = times.length;
      times.push(time);
      for (const [index, account] of accounts.entries()) {
        values[index * MAX_COLUMNS + column] = Math.min(amountOf(account), MAX_POINT);
      }
    },
    withAccounts(others): History {
      const starts = new Map(accounts.map(({ key }, index) => [key, index * MAX_COLUMNS]));
      const copy = new Float32Array(others.length * MAX_COLUMNS).fill(NaN);
      for (const [index, { key }] of others.entries()) {
        const start = starts.get(key);
        if (start !== undefined) copy.set(values.subarray(start, start + MAX_COLUMNS), index * MAX_COLUMNS);
      }
      return historyOf({ accounts: others, values: copy, times: [...times], stride, turn });
    },
  };
}
