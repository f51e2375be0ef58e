import type { BlockTag, EndpointConfig, Labels, Level, SetAside } from "./config/config.ts";
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
 * Tells whether two endpoints are the same, so that what was learned of one counts for the other.
 *
 * @param one any endpoint
 * @param other any other, or none
 */
export function isSameEndpoint(one: EndpointPlan, other: EndpointPlan | undefined): boolean {
  return other !== undefined && one.name === other.name && one.callsPerSecond === other.callsPerSecond &&
    one.url.equals(other.url);
}
