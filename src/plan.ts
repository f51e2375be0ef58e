import type {
  BlockTag,
  Config,
  EndpointConfig,
  Labels,
  Level,
  NetworkConfig,
  SetAside,
  WalletConfig,
} from "./config/config.ts";
import type { Threshold } from "./config/threshold.ts";

/** What is to be done, resolved from a configuration. Never changes; a reload makes a new one. */
export interface Plan {
  readonly networks: readonly NetworkPlan[];
  /** Names that stand for more than one network, with the names they got. */
  readonly renamed: readonly Renamed[];
}

/** One network to poll. */
export interface NetworkPlan {
  /** Unique: the `network` label of the per-network and per-endpoint families, and the name in the log. */
  readonly id: string;
  /** The `network` label of the per-wallet families; as in the original it may be another network's too. */
  readonly shownAs: string;
  /** Where to ask, best first; empty when no URL can ever answer. */
  readonly endpoints: readonly EndpointPlan[];
  /** The chain it must be; none where the first one that is told counts. */
  readonly chainId?: number | undefined;
  /** The hash of its first block, where that is to be checked: a copy of a chain has its id. */
  readonly genesis?: string | undefined;
  /** How many endpoints must give the same balance; 1 believes each. */
  readonly quorum: number;
  /** Which block is read. */
  readonly block: BlockTag;
  /** Time between checks in milliseconds, where it is the network's own. */
  readonly interval?: number | undefined;
  /** The distinct addresses to read, each once. */
  readonly accounts: readonly Account[];
  readonly wallets: readonly WalletPlan[];
  /** Shown as failed checks, never read. */
  readonly setAside: readonly SetAside[];
}

export type { BlockTag, Labels, Level, SetAside } from "./config/config.ts";

/** One endpoint of a network. */
export type EndpointPlan = EndpointConfig;

/** An address on a network: EIP-55 checksummed, with `0x`. */
export type Account = string;

/** One set of series: an account under a label. */
export interface WalletPlan {
  /** Index into the network's accounts. */
  readonly account: number;
  readonly address: Account;
  readonly label: string;
  /** The distinct minimums, each with a `below_minimum` series of its own. */
  readonly minimums: readonly Threshold[];
  /** Whether a minimum cannot be compared, which counts as a failed check. */
  readonly spoilt: boolean;
  /** Every threshold in whole coins, as a double: of several of one level the strictest. */
  readonly thresholds: Readonly<Partial<Record<Level, number>>>;
  /** The labels that the configuration adds: the same names for all wallets, empty where a wallet has none. */
  readonly labels: Labels;
}

/** A network that had to get another name. */
export interface Renamed {
  readonly name: string;
  readonly id: string;
  /** Whether its wallets' series carry the new name as well. */
  readonly inSeries: boolean;
}

/**
 * Makes the plan of a configuration: addresses and series merged, names unique.
 *
 * @param config what is configured
 */
export function makePlan(config: Config): Plan {
  const noLabels = emptyLabels(config);
  const ids = uniqueNames(config.networks.map(({ name }) => name));
  const taken = new Map<string, Set<string>>();
  const renamed: Renamed[] = [];
  const networks = config.networks.map((network, index) => {
    const id = ids[index] ?? network.name;
    const series = seriesKeys(network);
    const shown = taken.get(network.name) ?? new Set();
    const clashes = [...series].some((key) => shown.has(key));
    const shownAs = clashes ? id : network.name;
    if (!clashes) taken.set(network.name, shown.union(series));
    if (id !== network.name) {
      renamed.push({ name: network.name, id, inSeries: clashes });
    }
    return planNetwork(network, id, shownAs, noLabels);
  });
  return { networks, renamed };
}

/** Every name of a label that any wallet has, in order, with an empty value. */
function emptyLabels({ networks }: Config): Labels {
  const names = new Set(networks.flatMap(({ wallets }) => wallets.flatMap(({ labels = {} }) => Object.keys(labels))));
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
  return JSON.stringify([address.toWellFormed(), label.toWellFormed()]);
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
    setAside.filter((entry) => !merged.has(seriesKey(entry))).map((
      e,
    ) => [seriesKey(e), e]),
  );
  return {
    ...network,
    id,
    shownAs,
    quorum,
    block,
    accounts,
    wallets: planned,
    setAside: [...leftOver.values()],
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
    if (minimum.belowWei !== undefined) minimums.set(minimum.label, minimum);
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

/**
 * Tells whether two endpoints are the same, so that what was learned of one counts for the other.
 *
 * @param one any endpoint
 * @param other any other, or none
 */
export function isSameEndpoint(one: EndpointPlan, other: EndpointPlan | undefined): boolean {
  return other !== undefined && one.name === other.name && one.callsPerSecond === other.callsPerSecond &&
    one.url.equals(other.url);
}
