import type { Account } from "../../assets/asset.ts";
import type { Outcomes } from "../../model/source.ts";
import type { ChunkResult } from "../strategies/read_chunks.ts";

/** Fewer balances that drop to 0 in one response are plausible. */
export const MIN_EMPTIED = 2;

/** By kind of asset: how many accounts that were funded have 0 now; -Infinity if one of them is still funded. */
type Zeros = Map<string, number>;

/** Records which accounts are funded, for the next poll. */
export function noteFunded(funded: Set<Account>, outcomes: Outcomes): void {
  outcomes.forEach((outcome, account) => {
    if (typeof outcome === "string") return;
    if (outcome.amount > 0n) funded.add(account);
    else funded.delete(account);
  });
}

/**
 * Finds chunks in which two or more funded accounts all have 0, as returned by nodes that are behind with execution: by
 * kind of asset, within one chunk or over all chunks of a result.
 *
 * @returns the suspicious chunks; usually none
 */
export function findEmptied(funded: ReadonlySet<Account>, chunks: readonly ChunkResult[]): readonly ChunkResult[] {
  const all: Zeros = new Map();
  const counted = chunks.map((chunk) => {
    const own: Zeros = new Map();
    chunk.values.forEach((amount, account) => {
      const { kind } = account.asset;
      // One that is still funded is enough: chunks have thousands of accounts.
      if (typeof amount !== "bigint" || own.get(kind) === -Infinity || !funded.has(account)) return;
      add(own, kind, amount > 0n ? -Infinity : 1);
    });
    for (const [kind, zeros] of own) add(all, kind, zeros);
    return { chunk, own };
  });
  const emptied = new Map(all.entries().filter(isEmptied));
  return counted
    .filter(({ own }) => own.entries().some((each) => isEmptied(each) || emptied.has(each[0])))
    .map(({ chunk }) => chunk);
}

function add(zeros: Zeros, kind: string, count: number): void {
  zeros.set(kind, (zeros.get(kind) ?? 0) + count);
}

function isEmptied([, zeros]: readonly [kind: string, zeros: number]): boolean {
  return zeros >= MIN_EMPTIED;
}
