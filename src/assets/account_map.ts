import type { Account } from "./asset.ts";

/**
 * The places of accounts in a list. Those of a plan know theirs: hashing 50,000 of them several times a poll would take a
 * tenth of it.
 */
export class AccountPlaces {
  readonly #accounts: readonly Account[];
  /** Of those that are elsewhere than in their plan; made when the first is asked for. */
  #places: ReadonlyMap<Account, number> | undefined;

  constructor(accounts: readonly Account[]) {
    this.#accounts = accounts;
  }

  /** Undefined for an account that is not in the list. */
  of(account: Account): number | undefined {
    const { place } = account;
    if (place !== undefined && this.#accounts[place] === account) return place;
    this.#places ??= new Map(
      this.#accounts.flatMap((each, index) => each.place === index ? [] : [[each, index]]),
    );
    return this.#places.get(account);
  }
}

/** A map whose keys are a list of accounts. */
export class AccountMap<V> implements Iterable<readonly [Account, V]> {
  readonly #accounts: readonly Account[];
  readonly #places: AccountPlaces;
  readonly #values: V[];

  /** @param value the initial value of every account */
  constructor(accounts: readonly Account[], value: V) {
    this.#accounts = accounts;
    this.#places = new AccountPlaces(accounts);
    this.#values = new Array<V>(accounts.length).fill(value);
  }

  get size(): number {
    return this.#accounts.length;
  }

  get(account: Account): V | undefined {
    const place = this.#places.of(account);
    return place === undefined ? undefined : this.#values[place];
  }

  /** Ignores accounts that are not in the list. */
  set(account: Account, value: V): void {
    const place = this.#places.of(account);
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
