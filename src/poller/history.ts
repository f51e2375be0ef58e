/** The balances of a network's accounts over the time since start, thinned out as it grows. */
export interface History {
  /** When each column was taken, in seconds since the Unix epoch; ascending. */
  readonly times: readonly number[];
  /** The balances of one account in whole coins, one a column; NaN where it was not read. */
  points(account: number): Float32Array;
  /** Adds a column, if one is due. */
  push(time: number, coins: (account: number) => number): void;
  /**
   * Makes a history of other accounts with the same columns.
   *
   * @param places one an account of the other: its place in this one, if it is in it
   */
  rearranged(places: readonly (number | undefined)[]): History;
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
  return historyOf({ accounts, values: new Float32Array(accounts * COLUMNS), times: [], stride: 1, turn: 0 });
}

/** What a history is made of. */
interface Columns {
  readonly accounts: number;
  /** {@linkcode COLUMNS} an account. */
  readonly values: Float32Array;
  readonly times: number[];
  readonly stride: number;
  readonly turn: number;
}

function historyOf({ accounts, values, ...start }: Columns): History {
  let { times, stride, turn } = start;

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
    rearranged(places): History {
      const others = new Float32Array(places.length * COLUMNS).fill(NaN);
      for (const [account, place] of places.entries()) {
        if (place !== undefined) others.set(values.subarray(place * COLUMNS, (place + 1) * COLUMNS), account * COLUMNS);
      }
      return historyOf({ accounts: places.length, values: others, times: [...times], stride, turn });
    },
  };
}
