import type { Account } from "../../assets/asset.ts";
import type { Outcomes } from "../../model/source.ts";
import type { Network } from "./open_network.ts";

type Feeds = Pick<Network, "plan" | "roundFeeds">;

/** Adds the accounts of price feeds that have rounds alone, in place of those that they do not have. */
export function withRounds({ plan: { prices }, roundFeeds }: Feeds, accounts: readonly Account[]): readonly Account[] {
  if (prices === undefined) return accounts;
  const left = new Set<Account>();
  const added: Account[] = [];
  for (const { account, updated, round } of prices) {
    const hasRounds = roundFeeds.get(account.key);
    if (hasRounds === false) continue;
    added.push(round.answer, round.updated);
    if (hasRounds === true) [account, updated].forEach((each) => left.add(each));
  }
  return added.length === 0 ? accounts : [...accounts.filter((account) => !left.has(account)), ...added];
}

/** Learns which feeds have rounds alone, and makes the outcomes of their rounds those of the plan's accounts. */
export function applyRounds({ plan: { prices = [] }, roundFeeds }: Feeds, outcomes: Outcomes): Outcomes {
  if (prices.every(({ account }) => roundFeeds.get(account.key) === false)) return outcomes;
  const applied = new Map(outcomes);
  for (const { account, updated, round } of prices) {
    const isRead = (...accounts: readonly Account[]): boolean =>
      accounts.every((each) => typeof outcomes.get(each) === "object");
    if (!roundFeeds.has(account.key)) {
      if (isRead(account, updated)) roundFeeds.set(account.key, false);
      else if (isRead(round.answer, round.updated)) roundFeeds.set(account.key, true);
    }
    for (const [own, from] of [[account, round.answer], [updated, round.updated]] as const) {
      applied.delete(from);
      if (roundFeeds.get(account.key) === true) applied.set(own, outcomes.get(from) ?? "missing");
    }
  }
  return applied;
}
