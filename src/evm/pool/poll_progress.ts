import { AccountMap } from "../../assets/account_map.ts";
import type { Account } from "../../assets/asset.ts";
import type { Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { Late, Outcome, Outcomes } from "../../model/source.ts";
import type { AmountOrReason, ReadResult } from "../strategies/read_chunks.ts";

/** What a poll has given so far. */
export interface PollProgress {
  /** In the order of the accounts. */
  readonly outcomes: Outcomes;
  /** The accounts that have no balance yet. */
  readonly pending: readonly Account[];
  /** The last error of a read that left accounts out, for the log. */
  readonly failure: RpcError | undefined;
  /**
   * Adds what was read.
   *
   * @param how where balances count as read, each chunk's own block if it is not given; and whether they are late
   * @returns how many accounts were answered: with a balance, or that a token's contract fails, which no other endpoint
   * knows better
   */
  add(result: ReadResult, how?: { readonly block?: Block; readonly late?: Late | undefined }): number;
  /** Sets the reason of all pending accounts. */
  failPending(reason: Reason): void;
  /** Sets it unless one is set: for an endpoint that was not even asked for balances. */
  failPendingIfUnset(reason: Reason): void;
}

/**
 * Makes the progress of a poll that has read nothing.
 *
 * @param previous the last published value of accounts whose asset compares with it. @default none
 */
export function createPollProgress(
  accounts: readonly Account[],
  previous: ReadonlyMap<Account, bigint> = new Map(),
): PollProgress {
  function outcomeOf(
    account: Account,
    value: AmountOrReason,
    block: Block | undefined,
    late: Late | undefined,
  ): Outcome {
    const amount = typeof value === "bigint" ? account.asset.judge?.(value, previous.get(account)) ?? value : value;
    if (typeof amount === "string") return amount;
    if (late === undefined) return { amount, block };
    // Late balances are as old as their block: without one nobody knows how old they are.
    return block === undefined ? "lagging" : { amount, block, late };
  }

  const outcomes = new AccountMap<Outcome>(accounts, "missing");
  let pending = accounts;
  let isSet = false;
  let failure: RpcError | undefined;
  return {
    outcomes,
    get pending(): readonly Account[] {
      return pending;
    },
    get failure(): RpcError | undefined {
      return failure;
    },
    add(result, { block, late } = {}): number {
      failure = result.failure ?? result.itemFailure ?? failure;
      isSet = true;
      let answered = 0;
      let count = 0;
      for (const { head, values } of result.chunks) {
        const at = block ?? head?.block;
        count += values.length;
        for (const [account, value] of values) {
          const outcome = outcomeOf(account, value, at, late);
          if (!isOpen(outcome)) answered++;
          outcomes.set(account, outcome);
        }
      }
      // Usually all were answered at once, each by one value.
      if (answered === pending.length && count === answered) pending = [];
      else if (answered > 0) pending = pending.filter((account) => isOpen(outcomes.get(account)));
      return answered;
    },
    failPending(reason): void {
      isSet = true;
      for (const account of pending) outcomes.set(account, reason);
    },
    failPendingIfUnset(reason): void {
      if (!isSet) this.failPending(reason);
    },
  };
}

function isOpen(outcome: Outcome | undefined): boolean {
  return typeof outcome === "string" && outcome !== "reverted";
}
