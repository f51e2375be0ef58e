import { type Account, isNative } from "../../assets/asset.ts";
import type { LearnedEndpoint, Question } from "./question.ts";
import { readMulticall, readOverride } from "./read_apart.ts";
import type { ReadResult } from "./read_chunks.ts";
import { readLatest } from "./read_latest.ts";
import { readPlain } from "./read_plain.ts";
import type { LearnedStrategy } from "./strategy_selector.ts";
import type { Head } from "./target.ts";

/** An endpoint, and what was learned of reading from it. */
export interface ObservedEndpoint extends LearnedEndpoint {
  /** Its last observed head. */
  readonly observed: { readonly head: Head } | undefined;
}

/** One read of such an endpoint. */
export interface ReadQuestion extends Question {
  /** Its observed head changes while it is read. */
  readonly source: ObservedEndpoint;
}

/** Reads accounts by one strategy. */
export async function readOn(strategy: LearnedStrategy, question: ReadQuestion): Promise<ReadResult> {
  const { source: { observed }, selector } = question;
  switch (strategy) {
    case "packed":
      return await readOverride(question);
    case "multicall":
      return await readMulticall(selector.multicall ?? "", question);
    case "batch":
      // If another strategy works, backends are not the cause.
      return await readPlain(question, selector.proven && selector.strategy !== "batch" ? undefined : selector.lag);
    case "latest":
      if (observed !== undefined && !observed.head.block.byEvm && selector.latest.head === "unasked") {
        selector.latest.head = "reported";
      }
      return await readLatest(question);
  }
}

/** Whether any native balance was read; tokens count only if there are no native balances. */
export function isUseful({ chunks }: ReadResult, accounts: readonly Account[]): boolean {
  const hasNative = accounts.some(isNative);
  return chunks.some(({ values }) =>
    values.some((value, account) =>
      hasNative ? isNative(account) && typeof value === "bigint" : typeof value === "bigint" || value === "reverted"
    )
  );
}

/** Whether the strategy works, but the endpoint is on the wrong chain or lagging. */
export function isRefusedByUs({ failure }: ReadResult): boolean {
  return failure?.reason === "wrong_chain" || failure?.reason === "lagging";
}
