import type { Account } from "./asset.ts";

/** The index of each account of a list: made once per plan, since filling a map of 50,000 takes longer than a poll. */
const places = new WeakMap<readonly Account[], ReadonlyMap<Account, number>>();

function placesOf(accounts: readonly Account[]): ReadonlyMap<Account, number> {
  const known = places.get(accounts) ?? new Map(accounts.map((account, place) => [account, place]));
  places.set(accounts, known);
  return known;
}

/** A map with the accounts of a list as keys, for one poll. */
export class AccountMap<V> implements Iterable<readonly [Account, V]> {
  readonly #accounts: readonly Account[];
  readonly #values: V[];
  readonly #places: ReadonlyMap<Account, number>;

  /** @param value the initial value of every account */
  constructor(accounts: readonly Account[], value: V) {
    this.#accounts = accounts;
    this.#values = new Array<V>(accounts.length).fill(value);
    this.#places = placesOf(accounts);
  }

  get size(): number {
    return this.#accounts.length;
  }

  get(account: Account): V | undefined {
    const place = this.#places.get(account);
    return place === undefined ? undefined : this.#values[place];
  }

  /** Ignores accounts that are not in the list. */
  set(account: Account, value: V): void {
    const place = this.#places.get(account);
    if (place !== undefined) this.#values[place] = value;
  }

  forEach(visit: (value: V, account: Account) => void): void {
    const accounts = this.#accounts;
    this.#values.forEach((value, place) => {
      const account = accounts[place];
      if (account !== undefined) visit(value, account);
    });
  }

  values(): Iterable<V> {
    return this.#values;
  }

  *[Symbol.iterator](): Iterator<readonly [Account, V]> {
    for (const [place, account] of this.#accounts.entries()) {
      const value = this.#values[place];
      if (value !== undefined) yield [account, value];
    }
  }
}
