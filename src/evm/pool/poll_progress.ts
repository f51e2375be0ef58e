import { AccountMap } from "../../assets/account_map.ts";
import type { Account } from "../../assets/asset.ts";
import type { Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { Late, Outcome, Outcomes } from "../../model/source.ts";
import type { AmountOrReason } from "../strategies/account_values.ts";
import { failureOf, type ReadResult } from "../strategies/read_chunks.ts";

/** What a poll has read so far. */
export interface PollProgress {
  /** In the order of the accounts. */
  readonly outcomes: Outcomes;
  /** The accounts that have no balance yet. */
  readonly pending: readonly Account[];
  /** Those whose value is behind the last published one, at a block that is not. */
  readonly fallen: ReadonlySet<Account>;
  /** The last error of a read that left accounts out, for the log. */
  readonly failure: RpcError | undefined;
  /**
   * Adds what was read.
   *
   * @param how the block of the balances, each chunk's own by default, and whether they are late
   * @returns how many accounts are done: with a balance, or a reverted call, which other endpoints would return as well
   */
  add(result: ReadResult, how?: { readonly block?: Block; readonly late?: Late | undefined }): number;
  /** Counts the pending accounts of each reason. */
  countReasons(): ReadonlyMap<Reason, number>;
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
    const isBehind = amount === "lagging" && amount !== value;
    if (isBehind && block !== undefined && late === undefined) fallen.add(account);
    if (typeof amount === "string") return amount;
    if (late === undefined) return { amount, block };
    // Late balances are as old as their block: without a block their age is unknown.
    return block === undefined ? "lagging" : { amount, block, late };
  }

  const outcomes = new AccountMap<Outcome>(accounts, "missing");
  const fallen = new Set<Account>();
  let pending = accounts;
  let isSet = false;
  let failure: RpcError | undefined;
  return {
    outcomes,
    fallen,
    get pending(): readonly Account[] {
      return pending;
    },
    get failure(): RpcError | undefined {
      return failure;
    },
    add(result, { block, late } = {}): number {
      failure = failureOf(result) ?? failure;
      isSet = true;
      for (const { head, values } of result.chunks) {
        const at = block ?? head?.block;
        values.forEach((value, account) => outcomes.set(account, outcomeOf(account, value, at, late)));
      }
      const before = pending.length;
      pending = pending.filter((account) => isPending(outcomes.get(account)));
      return before - pending.length;
    },
    countReasons(): ReadonlyMap<Reason, number> {
      const counts = new Map<Reason, number>();
      for (const account of pending) {
        const outcome = outcomes.get(account);
        if (typeof outcome === "string") counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
      return counts;
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
