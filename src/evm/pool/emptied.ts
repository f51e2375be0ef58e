import type { Account } from "../../assets/asset.ts";
import type { Outcomes } from "../../model/source.ts";
import type { ChunkResult } from "../strategies/read_chunks.ts";

/** Fewer balances that drop to 0 in one response are plausible. */
const MIN_EMPTIED = 2;

/** Of accounts that were funded, by kind of asset: how many have 0 now, and the kinds with a balance left. */
interface Count {
  readonly zeros: Map<string, number>;
  readonly funded: Set<string>;
}

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
  const all: Count = { zeros: new Map(), funded: new Set() };
  const counted = chunks.map((chunk) => {
    const own: Count = { zeros: new Map(), funded: new Set() };
    chunk.values.forEach((amount, account) => {
      const { kind } = account.asset;
      // One that is still funded is enough: chunks have thousands of accounts.
      if (typeof amount !== "bigint" || own.funded.has(kind) || !funded.has(account)) return;
      if (amount > 0n) own.funded.add(kind);
      else own.zeros.set(kind, (own.zeros.get(kind) ?? 0) + 1);
    });
    for (const [kind, zeros] of own.zeros) all.zeros.set(kind, (all.zeros.get(kind) ?? 0) + zeros);
    for (const kind of own.funded) all.funded.add(kind);
    return { chunk, own };
  });
  const isEmptied = ({ zeros, funded }: Count, kind: string): boolean =>
    !funded.has(kind) && (zeros.get(kind) ?? 0) >= MIN_EMPTIED;
  return counted
    .filter(({ own }) => own.zeros.keys().some((kind) => isEmptied(own, kind) || isEmptied(all, kind)))
    .map(({ chunk }) => chunk);
}
