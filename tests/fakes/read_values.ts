import type { Account } from "../../src/assets/asset.ts";
import { pollOnce as poll } from "../../src/evm/pool/poll_once.ts";
import type { Network } from "../../src/evm/pool/open_network.ts";
import { type ChunkResult, type ReadResult, valuesIn } from "../../src/evm/strategies/read_chunks.ts";
import { AccountValues, type AmountOrReason } from "../../src/evm/strategies/account_values.ts";
import type { Limits, Outcome, PollResult } from "../../src/model/source.ts";

/** A poll whose outcomes are listed in the order of the accounts. */
export interface ListedPoll extends Omit<PollResult, "outcomes"> {
  readonly outcomes: readonly Outcome[];
}

/** Polls all accounts of a network. */
export async function pollOnce(network: Network, limits: Limits): Promise<ListedPoll> {
  const result = await poll(network, limits);
  return { ...result, outcomes: [...result.outcomes.values()] };
}

/** What was read of accounts, in their order; the last value counts, and none is `undefined`. */
export function valuesOf(
  result: Pick<ReadResult, "chunks">,
  accounts: readonly Account[],
): readonly (AmountOrReason | undefined)[] {
  const values = new Map(valuesIn(result));
  return accounts.map((account) => values.get(account));
}

/** Makes chunks of values that follow each other in the order of their accounts. */
export function chunksOf(
  values: readonly (readonly AmountOrReason[])[],
  accounts: readonly Account[],
  head: ChunkResult["head"] = undefined,
): readonly ChunkResult[] {
  let start = 0;
  return values.map((each) => {
    const some = accounts.slice(start, start += each.length);
    return { head, values: new AccountValues(some, each.slice(0, some.length)) };
  });
}
