import type { Account } from "../assets/asset.ts";

/** Half of this, after thinning, is enough for a sparkline. */
const MAX_COLUMNS = 48;

/** Points are floats of 4 bytes; some local chains start with larger balances. */
const MAX_POINT = 3.4e38;

/**
 * The balances of a network's accounts since the start, of fixed size: when it is full, every second column is dropped,
 * and from then on only every second, fourth, … one is added. It always reaches back to the start, at 4 bytes per point
 * outside the JavaScript heap.
 */
export class History {
  readonly #accounts: readonly Account[];
  /** {@linkcode MAX_COLUMNS} per account, in their order. */
  readonly #values: Float32Array;
  #times: number[] = [];
  #stride = 1;
  #turn = 0;
  /** Start index of each account's points; made on first use, since few are ever read. */
  #starts: ReadonlyMap<Account, number> | undefined;

  constructor(accounts: readonly Account[]) {
    this.#accounts = accounts;
    this.#values = new Float32Array(accounts.length * MAX_COLUMNS);
  }

  /** When each column was taken, in seconds since the Unix epoch; ascending. */
  get times(): readonly number[] {
    return this.#times;
  }

  /** The balances of one account in whole coins, one per column; NaN if it was not read. */
  points(account: Account): Float32Array {
    this.#starts ??= new Map(this.#accounts.map((each, index) => [each, index * MAX_COLUMNS]));
    const start = this.#starts.get(account) ?? this.#values.length;
    return this.#values.slice(start, start + this.#times.length);
  }

  /** Adds a column, if one is due. */
  push(time: number, amountOf: (account: Account) => number): void {
    if (this.#turn++ % this.#stride !== 0) return;
    if (this.#times.length === MAX_COLUMNS) this.#thin();
    const column = this.#times.length;
    this.#times.push(time);
    for (const [index, account] of this.#accounts.entries()) {
      this.#values[index * MAX_COLUMNS + column] = Math.min(amountOf(account), MAX_POINT);
    }
  }

  #thin(): void {
    const values = this.#values;
    this.#times = this.#times.filter((_, column) => column % 2 === 0);
    for (let start = 0; start < values.length; start += MAX_COLUMNS) {
      for (let column = 0; column < this.#times.length; column++) {
        values[start + column] = values[start + 2 * column] ?? NaN;
      }
    }
    this.#stride *= 2;
  }

  /** Makes a history of other accounts with the same columns; accounts with the same key keep their points. */
  withAccounts(accounts: readonly Account[]): History {
    const starts = new Map(this.#accounts.map(({ key }, index) => [key, index * MAX_COLUMNS]));
    const copy = new History(accounts);
    copy.#values.fill(NaN);
    for (const [index, { key }] of accounts.entries()) {
      const start = starts.get(key);
      if (start !== undefined) {
        copy.#values.set(this.#values.subarray(start, start + MAX_COLUMNS), index * MAX_COLUMNS);
      }
    }
    copy.#times = [...this.#times];
    copy.#stride = this.#stride;
    copy.#turn = this.#turn;
    return copy;
  }
}
