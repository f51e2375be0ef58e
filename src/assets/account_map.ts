import type { Account } from "./asset.ts";

/**
 * A map whose keys are a list of accounts. Those of a plan know their place: hashing 50,000 of them several times a poll
 * would take a tenth of it.
 */
export class AccountMap<V> implements Iterable<readonly [Account, V]> {
  readonly #accounts: readonly Account[];
  readonly #values: V[];
  /** Of those that are elsewhere than in their plan; made when the first is asked for. */
  #places: ReadonlyMap<Account, number> | undefined;

  /** @param value the initial value of every account */
  constructor(accounts: readonly Account[], value: V) {
    this.#accounts = accounts;
    this.#values = new Array<V>(accounts.length).fill(value);
  }

  get size(): number {
    return this.#accounts.length;
  }

  get(account: Account): V | undefined {
    const place = this.#placeOf(account);
    return place === undefined ? undefined : this.#values[place];
  }

  /** Ignores accounts that are not in the list. */
  set(account: Account, value: V): void {
    const place = this.#placeOf(account);
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

  #placeOf(account: Account): number | undefined {
    const { place } = account;
    if (place !== undefined && this.#accounts[place] === account) return place;
    this.#places ??= new Map(
      this.#accounts.flatMap((each, index) => each.place === index ? [] : [[each, index]]),
    );
    return this.#places.get(account);
  }
}
