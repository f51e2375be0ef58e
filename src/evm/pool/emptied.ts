import type { Account } from "../../assets/asset.ts";
import type { Outcomes } from "../../model/source.ts";
import type { ChunkResult } from "../strategies/read_chunks.ts";

/** So many that had something are not emptied by chance in one answer. */
const MIN_EMPTIED = 2;

/** How many accounts had something, and how many of them still have. */
interface Count {
  had: number;
  left: number;
}

/** Notes which accounts have something, for the next poll. */
export function noteFunded(funded: Set<Account>, outcomes: Outcomes): void {
  outcomes.forEach((outcome, account) => {
    if (typeof outcome === "string") return;
    if (outcome.amount > 0n) funded.add(account);
    else funded.delete(account);
  });
}

/**
 * Finds answers in which two or more accounts that had something all have 0, as nodes answer that are behind with
 * execution: per kind of asset, in one answer or in all of a result together.
 *
 * @param funded the accounts that had something
 * @returns the suspicious chunks; usually none
 */
export function findEmptied(funded: ReadonlySet<Account>, chunks: readonly ChunkResult[]): readonly ChunkResult[] {
  const all = new Map<string, Count>();
  const counted = chunks.map((chunk) => {
    const own = new Map<string, Count>();
    let kind: string | undefined;
    let count: Count = { had: 0, left: 0 };
    for (const [account, amount] of chunk.values) {
      if (account.asset.kind !== kind) {
        kind = account.asset.kind;
        count = own.get(kind) ?? { had: 0, left: 0 };
        own.set(kind, count);
      }
      // One that still has something is enough: chunks have thousands of accounts.
      if (count.left > 0 || typeof amount !== "bigint" || !funded.has(account)) continue;
      count.had++;
      if (amount > 0n) count.left++;
    }
    for (const [kind, { had, left }] of own) {
      const sum = all.get(kind) ?? { had: 0, left: 0 };
      all.set(kind, { had: sum.had + had, left: sum.left + left });
    }
    return { chunk, own };
  });
  const isEmptied = (count: Count | undefined): boolean =>
    count !== undefined && count.had >= MIN_EMPTIED && count.left === 0;
  return counted
    .filter(({ own }) =>
      [...own].some(([kind, count]) => count.had > 0 && (isEmptied(count) || isEmptied(all.get(kind))))
    )
    .map(({ chunk }) => chunk);
}
