import { AccountMap } from "../../assets/account_map.ts";
import type { Account } from "../../assets/asset.ts";
import type { Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { Late, Outcome, Outcomes } from "../../model/source.ts";
import type { AmountOrReason } from "../strategies/account_values.ts";
import type { ReadResult } from "../strategies/read_chunks.ts";

/** What a poll has read so far. */
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
   * @param how the block of the balances, each chunk's own by default, and whether they are late
   * @returns how many accounts are done: with a balance, or a reverted call, which other endpoints would return as well
   */
  add(result: ReadResult, how?: { readonly block?: Block; readonly late?: Late | undefined }): number;
  /** Sets the reason of all pending accounts. */
  failPending(reason: Reason): void;
  /** Sets it unless a reason is set: for an endpoint that balances were not requested from. */
  failPendingIfUnset(reason: Reason): void;
}

/**
 * Makes the progress of a poll that has not read anything.
 *
 * @param previous the last published value of accounts whose asset needs it. @default none
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
    // Late balances are as old as their block: without a block their age is unknown.
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
        values.forEach((value, account) => {
          const outcome = outcomeOf(account, value, at, late);
          if (!isPending(outcome)) answered++;
          outcomes.set(account, outcome);
        });
      }
      // Usually one response has a value for each account.
      if (answered === pending.length && count === answered) pending = [];
      else if (answered > 0) pending = pending.filter((account) => isPending(outcomes.get(account)));
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

function isPending(outcome: Outcome | undefined): boolean {
  return typeof outcome === "string" && outcome !== "reverted";
}
