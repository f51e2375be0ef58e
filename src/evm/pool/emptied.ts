import type { Account } from "../../assets/asset.ts";
import type { Outcomes } from "../../model/source.ts";
import type { ChunkResult } from "../strategies/read_chunks.ts";

/** So many that had something are not emptied by chance in one answer. */
const MIN_EMPTIED = 2;

/** Accounts that had something, per kind of asset: how many have 0 now, and the kinds of which any still has. */
interface Count {
  readonly zeros: Map<string, number>;
  readonly funded: Set<string>;
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
  const all: Count = { zeros: new Map(), funded: new Set() };
  const counted = chunks.map((chunk) => {
    const own: Count = { zeros: new Map(), funded: new Set() };
    for (const [account, amount] of chunk.values) {
      const { kind } = account.asset;
      // One that still has something is enough: chunks have thousands of accounts.
      if (typeof amount !== "bigint" || own.funded.has(kind) || !funded.has(account)) continue;
      if (amount > 0n) own.funded.add(kind);
      else own.zeros.set(kind, (own.zeros.get(kind) ?? 0) + 1);
    }
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
