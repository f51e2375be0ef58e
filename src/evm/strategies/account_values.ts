import type { Account } from "../../assets/asset.ts";
import type { Reason } from "../../jsonrpc/errors.ts";

/** The value of an account in the smallest unit, or why it is missing. */
export type AmountOrReason = bigint | Reason;

/** An account with its value. */
export type AccountValue = readonly [account: Account, value: AmountOrReason];

/**
 * Accounts with their values, in two lists: pairs of 50,000 would take as much memory as the values, in every poll.
 */
export class AccountValues implements Iterable<AccountValue> {
  /** @param values of the first accounts, one for each; accounts past the last value are left out */
  constructor(
    private readonly accounts: readonly Account[],
    private readonly values: readonly AmountOrReason[],
  ) {}

  get length(): number {
    return this.values.length;
  }

  forEach(visit: (value: AmountOrReason, account: Account) => void): void {
    const accounts = this.accounts;
    this.values.forEach((value, index) => {
      const account = accounts[index];
      if (account !== undefined) visit(value, account);
    });
  }

  some(test: (value: AmountOrReason, account: Account) => boolean): boolean {
    const accounts = this.accounts;
    return this.values.some((value, index) => {
      const account = accounts[index];
      return account !== undefined && test(value, account);
    });
  }

  map(change: (value: AmountOrReason, account: Account) => AmountOrReason): AccountValues {
    const accounts = this.accounts;
    const values = this.values.map((value, index) => {
      const account = accounts[index];
      return account === undefined ? value : change(value, account);
    });
    return new AccountValues(accounts, values);
  }

  *[Symbol.iterator](): Iterator<AccountValue> {
    for (const [index, value] of this.values.entries()) {
      const account = this.accounts[index];
      if (account !== undefined) yield [account, value];
    }
  }
}
