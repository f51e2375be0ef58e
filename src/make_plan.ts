import type { Config, Labels, Level, NetworkConfig, SetAside, WalletConfig } from "./config/config.ts";
import { type Shard, shardOf } from "./config/shard.ts";
import type { Threshold } from "./config/threshold.ts";
import type { NetworkPlan, Plan, Renamed, WalletPlan } from "./plan.ts";

/**
 * Makes the plan of a configuration: addresses and series merged, names unique.
 *
 * @param config what is configured
 * @param shard which part of its wallets is planned; names and labels are those of the whole
 */
export function makePlan(config: Config, shard?: Shard): Plan {
  const noLabels = emptyLabels(config);
  const names = config.networks.map(({ name }) => name);
  const ids = uniqueNames(names);
  const taken = new Map<string, Set<string>>();
  const renamed: Renamed[] = [];
  const networks = config.networks.map((network, index) => {
    const id = ids[index] ?? network.name;
    const isAlone = names.indexOf(network.name) === names.lastIndexOf(network.name);
    const series = isAlone ? new Set<string>() : seriesKeys(network);
    const shown = taken.get(network.name) ?? new Set();
    const clashes = [...series].some((key) => shown.has(key));
    const shownAs = clashes ? id : network.name;
    if (!clashes) taken.set(network.name, shown.union(series));
    if (id !== network.name) {
      renamed.push({ name: network.name, id, inSeries: clashes });
    }
    return planNetwork(shard === undefined ? network : partOf(network, id, shard), id, shownAs, noLabels);
  });
  return { networks, renamed };
}

function partOf(network: NetworkConfig, id: string, { index, of }: Shard): NetworkConfig {
  const isOwn = ({ address }: SetAside): boolean => shardOf(id, address, of) === index;
  return { ...network, wallets: network.wallets.filter(isOwn), setAside: network.setAside.filter(isOwn) };
}

/** Every name of a label that any wallet has, in order, with an empty value. */
function emptyLabels({ networks }: Config): Labels {
  const names = new Set<string>();
  for (const { wallets, setAside } of networks) {
    for (const { labels = {} } of [...wallets, ...setAside]) for (const name of Object.keys(labels)) names.add(name);
  }
  return Object.fromEntries([...names].sort().map((name) => [name, ""]));
}

/** The first keeps its name; later ones get `_2`, `_3` …, passing over names that others have. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = 2;
    while (taken.has(`${name}_${number}`)) number++;
    taken.add(`${name}_${number}`);
    return `${name}_${number}`;
  });
}

function seriesKeys({ wallets, setAside }: NetworkConfig): ReadonlySet<string> {
  return new Set([...wallets, ...setAside].map(seriesKey));
}

/** The same for two entries exactly when their series have the same labels; as typed, an address may be any text. */
function seriesKey({ address, label }: SetAside): string {
  return `${address.length} ${address.toWellFormed()}${label.toWellFormed()}`;
}

function planNetwork(
  { name: _name, wallets, setAside, quorum = 1, block = "latest", ...network }: NetworkConfig,
  id: string,
  shownAs: string,
  noLabels: Labels,
): NetworkPlan {
  const accounts = [...new Set(wallets.map(({ address }) => address))];
  const indexOf = new Map(accounts.map((address, index) => [address, index]));
  const merged = Map.groupBy(wallets, seriesKey);
  const planned = [...merged.values()].map((same) => planWallet(same, indexOf, noLabels));
  const leftOver = new Map(
    setAside.filter((entry) => !merged.has(seriesKey(entry))).map((entry) => [seriesKey(entry), entry]),
  );
  return {
    ...network,
    id,
    shownAs,
    quorum,
    block,
    accounts,
    wallets: planned,
    setAside: [...leftOver.values()].map((entry) => ({ ...entry, labels: { ...noLabels, ...entry.labels } })),
  };
}

function planWallet(
  same: readonly WalletConfig[],
  indexOf: ReadonlyMap<string, number>,
  noLabels: Labels,
): WalletPlan {
  const { address, label } = same[0] ?? { address: "", label: "" };
  const minimums = new Map<string, Threshold>();
  for (const { minimum } of same) {
    // Of two with one label, 0 and none, the one that is a number.
    if (minimum.belowWei !== undefined && minimums.get(minimum.label)?.coins === undefined) {
      minimums.set(minimum.label, minimum);
    }
  }
  return {
    account: indexOf.get(address) ?? 0,
    address,
    label,
    minimums: [...minimums.values()],
    spoilt: same.some(({ minimum }) => minimum.belowWei === undefined),
    thresholds: strictest(same),
    labels: Object.assign({}, noLabels, ...same.map(({ labels }) => labels)),
  };
}

function strictest(same: readonly WalletConfig[]): WalletPlan["thresholds"] {
  const found: Partial<Record<Level, number>> = {};
  for (const { minimum, levels } of same) {
    for (const [level, { coins }] of [["minimum", minimum] as const, ...Object.entries(levels ?? {})]) {
      const key = level as Level;
      if (coins !== undefined) found[key] = Math.max(found[key] ?? -Infinity, coins);
    }
  }
  return found;
}
