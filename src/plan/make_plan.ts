import type { Config, Labels, NetworkConfig, RejectedEntry } from "../config/model/config.ts";
import { type Shard, shardOf } from "../config/model/shard.ts";
import type { Account } from "../assets/asset.ts";
import type { AssetKind } from "../assets/asset_kind.ts";
import { ASSET_KINDS } from "../assets/kinds.ts";
import { nativeAccount } from "../assets/native.ts";
import type { NetworkPlan, Plan, Renamed, TokenPlan } from "./plan.ts";
import { planWallet } from "./plan_wallet.ts";
import { isHeld, ownAccount, type OwnView, planContract, planPrice, planToken, withAccounts } from "./plan_tokens.ts";
import { addValues, valuesOf } from "./plan_values.ts";
import { uniqueNames } from "../util/text.ts";

/**
 * Makes the plan of a configuration: addresses and series merged, names unique.
 *
 * @param shard whose wallets are planned; names and labels are those of all shards
 */
export function makePlan(config: Config, shard?: Shard, kinds: readonly AssetKind[] = ASSET_KINDS): Plan {
  const noLabels = Object.fromEntries(labelNamesOf(config).map((name) => [name, ""]));
  const names = config.networks.map(({ name }) => name);
  const ids = uniqueNames(names);
  const alike = Map.groupBy(names, (name) => name);
  const taken = new Map<string, Set<string>>();
  const renamed: Renamed[] = [];
  const networks = config.networks.map((network, index) => {
    const id = ids[index] ?? network.name;
    const isAlone = alike.get(network.name)?.length === 1;
    const series = new Set(isAlone ? [] : [...network.wallets, ...network.rejected].map(seriesKey));
    const shown = taken.get(network.name) ?? new Set<string>();
    const clashes = !shown.isDisjointFrom(series);
    for (const key of clashes ? [] : series) shown.add(key);
    taken.set(network.name, shown);
    if (id !== network.name) renamed.push({ name: network.name, id, inSeries: clashes });
    const own = shard === undefined ? network : partOf(network, id, shard, config.isSharded);
    return planNetwork(own, id, clashes ? id : network.name, noLabels, kinds);
  });
  return { networks, renamed };
}

/** @param isSharded whether its wallets are the shard's already */
function partOf(network: NetworkConfig, id: string, { index, of }: Shard, isSharded = false): NetworkConfig {
  const isOwn = ({ address }: { readonly address: string }): boolean => shardOf(id, address, of) === index;
  const contracts = network.contracts?.filter(({ token }) => isOwn(token));
  if (isSharded) return contracts === undefined ? network : { ...network, contracts };
  return { ...network, wallets: network.wallets.filter(isOwn), rejected: network.rejected.filter(isOwn), contracts };
}

/** Every name of an additional label that any wallet has, in order. */
export function labelNamesOf({ networks, labelNames }: Config): readonly string[] {
  const names = new Set(labelNames);
  const add = (labels: Labels = {}): void => void Object.keys(labels).forEach((name) => names.add(name));
  for (const { wallets, rejected, contracts = [] } of networks) {
    for (const { labels, defaults } of wallets) {
      add(labels);
      add(defaults?.labels);
    }
    for (const { labels } of rejected) add(labels);
    for (const { labels } of contracts) add(labels);
  }
  return [...names].sort();
}

/** The same for two entries exactly when their series have the same labels; as typed, an address may be any text. */
function seriesKey({ address, label }: RejectedEntry): string {
  return `${address.length} ${address.toWellFormed()}${label.toWellFormed()}`;
}

function planNetwork(
  network: NetworkConfig,
  id: string,
  networkLabel: string,
  noLabels: Labels,
  kinds: readonly AssetKind[],
): NetworkPlan {
  const { wallets, rejected, endpoints, chainId, genesis, interval, symbol } = network;
  const { quorum = 1, block = "latest", decimals = 18 } = network;
  const tokens = (network.tokens ?? []).map(planToken);
  const views = (network.contracts ?? []).map((own): OwnView => ({ ...own, token: planToken(own.token) }));
  const prices = (network.prices ?? []).map(planPrice);
  const accounts = accountsOf(network, tokens, [
    ...views.map(ownAccount),
    ...prices.flatMap(({ account, updated }) => [account, updated]),
  ]);
  const values = addValues(accounts, valuesOf(wallets, network, kinds));
  const merged = Map.groupBy(wallets, seriesKey);
  const planned = [...merged.values()].map((same) =>
    planWallet(same, tokens, accounts, noLabels, valuesOf(same, network, kinds))
  );
  const muted = planned.filter(({ mute }) => mute !== undefined);
  const leftOver = new Map(
    rejected.filter((entry) => !merged.has(seriesKey(entry))).map((entry) => [seriesKey(entry), entry]),
  );
  return {
    id,
    networkLabel,
    endpoints,
    chainId,
    genesis,
    quorum,
    block,
    ...(network.outflow ? { outflow: true } : {}),
    ...(network.backfill === undefined ? {} : { backfill: network.backfill }),
    interval,
    symbol,
    decimals,
    tokens: [...tokens, ...views.map(({ token }) => token), ...prices.map(({ token }) => token)],
    accounts: [...accounts.values()],
    ...(values.length === 0 ? {} : { values }),
    wallets: planned,
    ...(muted.length === 0 ? {} : { muted }),
    ...(prices.length === 0 ? {} : { prices: prices.map((price) => withAccounts(price, accounts)) }),
    ...views.length === 0 ? {} : { contracts: views.map((own) => planContract(own, accounts, noLabels)) },
    rejected: [...leftOver.values()].map((entry) => ({ ...entry, labels: { ...noLabels, ...entry.labels } })),
  };
}

/** What wallets hold, by the accounts' keys: an address has one account, however many labels it has. */
function accountsOf(
  { wallets }: NetworkConfig,
  tokens: readonly TokenPlan[],
  others: readonly Account[],
): Map<string, Account> {
  const accounts = new Map<string, Account>();
  const add = (account: Account): void => {
    if (!accounts.has(account.key)) accounts.set(account.key, { ...account, place: accounts.size });
  };
  for (const { address } of wallets) add(nativeAccount(address));
  for (const token of tokens) {
    for (const wallet of wallets) if (isHeld(token, wallet)) add(token.asset.account(wallet.address));
  }
  others.forEach(add);
  return accounts;
}
