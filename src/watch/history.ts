/** The balances of a network's accounts over the time since start, thinned out as it grows. */
export interface History {
  /** When each column was taken, in seconds since the Unix epoch; ascending. */
  readonly times: readonly number[];
  /** The balances of one account in whole coins, one a column; NaN where it was not read. */
  points(account: number): Float32Array;
  /** Adds a column, if one is due. */
  push(time: number, coins: (account: number) => number): void;
}

/** The most columns that are kept; thinning leaves half, which is enough for a line as wide as a thumb. */
const COLUMNS = 48;

/** Points are floats of 4 bytes; some local chains start with balances past their range. */
const LARGEST = 3.4e38;

/**
 * Makes a history of fixed size: when it is full every second column is dropped
 * and from then on only every second, fourth, … one is kept. So it always
 * reaches back to the start, at 4 bytes a point outside the JavaScript heap.
 *
 * @param accounts how many accounts it holds
 */
export function createHistory(accounts: number): History {
  const values = new Float32Array(accounts * COLUMNS);
  let times: number[] = [];
  let stride = 1;
  let turn = 0;

  function thin(): void {
    times = times.filter((_, column) => column % 2 === 0);
    for (let account = 0; account < accounts; account++) {
      const start = account * COLUMNS;
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
    points: (account) => values.slice(account * COLUMNS, account * COLUMNS + times.length),
    push(time, coins): void {
      if (turn++ % stride !== 0) return;
      if (times.length === COLUMNS) thin();
      const column = times.length;
      times.push(time);
      for (let account = 0; account < accounts; account++) {
        values[account * COLUMNS + column] = Math.min(coins(account), LARGEST);
      }
    },
  };
}
