import type { Account } from "../../assets/asset.ts";
import type { Outcome } from "../../model/source.ts";
import type { ChunkResult } from "../strategies/read_chunks.ts";

/** So many that had something are not emptied by chance in one answer. */
const MIN_EMPTIED = 2;

/** How many accounts had something, and how many of them still have. */
interface Count {
  had: number;
  left: number;
}

/** Notes which accounts have something, for the next poll. */
export function noteFunded(funded: Set<Account>, outcomes: ReadonlyMap<Account, Outcome>): void {
  for (const [account, outcome] of outcomes) {
    if (typeof outcome === "string") continue;
    if (outcome.amount > 0n) funded.add(account);
    else funded.delete(account);
  }
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
    for (const [account, amount] of chunk.values) {
      if (typeof amount !== "bigint" || !funded.has(account)) continue;
      for (const counts of [own, all]) {
        const count = counts.get(account.asset.kind) ?? { had: 0, left: 0 };
        counts.set(account.asset.kind, count);
        count.had++;
        if (amount > 0n) count.left++;
      }
    }
    return { chunk, own };
  });
  const isEmptied = (count: Count | undefined): boolean =>
    count !== undefined && count.had >= MIN_EMPTIED && count.left === 0;
  return counted
    .filter(({ own }) => [...own].some(([kind, count]) => isEmptied(count) || isEmptied(all.get(kind))))
    .map(({ chunk }) => chunk);
}
