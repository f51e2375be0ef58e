import type {
  BlockTag,
  EndpointConfig,
  Labels,
  Level,
  RejectedEntry,
  TokenConfig,
  TokenLevels,
} from "../config/model/config.ts";
import type { Account } from "../assets/asset.ts";
import type { Erc20 } from "../assets/erc20.ts";
import type { Threshold } from "../config/model/threshold.ts";

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
  readonly networkLabel: string;
  /** Where to ask, best first; empty when no URL can ever answer. */
  readonly endpoints: readonly EndpointPlan[];
  /** The chain it must be; none where the first one that is reported counts. */
  readonly chainId?: number | undefined;
  /** The hash of its first block, where that is to be checked: a copy of a chain has its id. */
  readonly genesis?: string | undefined;
  /** How many endpoints must give the same balance; 1 believes each. */
  readonly quorum: number;
  /** Which block is read: by its tag, or by its distance to the latest, as a negative number. */
  readonly block: BlockTag | number;
  /** Of the coin, where it is configured. */
  readonly symbol?: string | undefined;
  /** Of the coin. */
  readonly decimals: number;
  readonly tokens: readonly TokenPlan[];
  /** Time between checks in milliseconds, where it is the network's own. */
  readonly interval?: number | undefined;
  /** What to read, each once. */
  readonly accounts: readonly Account[];
  readonly wallets: readonly WalletPlan[];
  /** Shown as failed checks, never read. */
  readonly rejected: readonly RejectedEntry[];
}

export type { Account } from "../assets/asset.ts";
export type { BlockTag, Labels, Level, RejectedEntry, TokenLevels } from "../config/model/config.ts";

/** One endpoint of a network. */
export type EndpointPlan = EndpointConfig;

/** A token of a network. */
export interface TokenPlan extends TokenConfig {
  readonly asset: Erc20;
}

/** One set of series: an address under a label. */
export interface WalletPlan {
  /** Its native balance. */
  readonly account: Account;
  /** EIP-55 checksummed, with `0x`. */
  readonly address: string;
  readonly label: string;
  /** The distinct minimums, each with a `below_minimum` series of its own. */
  readonly minimums: readonly Threshold[];
  /** Whether a minimum cannot be compared, which counts as a failed check. */
  readonly hasInvalidMinimum: boolean;
  /** Every threshold that can be shown: of several of one level the strictest. */
  readonly thresholds: Readonly<Partial<Record<Level, Threshold>>>;
  /** The labels that the configuration adds: the same names for all wallets, empty where a wallet has none. */
  readonly labels: Labels;
  /** Its tokens, in the network's order. */
  readonly tokens: readonly WalletTokenPlan[];
  /** What is read of it besides, see `assets/kinds.ts`. @default none */
  readonly values?: readonly Account[];
}

/** A wallet's balance of a token. */
export interface WalletTokenPlan {
  readonly account: Account;
  readonly token: TokenPlan;
  /** Every threshold in whole tokens: of several of one level the strictest. */
  readonly thresholds: TokenLevels;
}

/** A network that had to get another name. */
export interface Renamed {
  readonly name: string;
  readonly id: string;
  /** Whether its wallets' series carry the new name as well. */
  readonly inSeries: boolean;
}

/**
 * Whether two endpoints are the same, so that what was learned of one counts for the other.
 *
 * @param one any endpoint
 * @param other any other, or none
 */
export function isSameEndpoint(one: EndpointPlan, other: EndpointPlan | undefined): boolean {
  return other !== undefined && one.name === other.name && one.callsPerSecond === other.callsPerSecond &&
    one.url.equals(other.url);
}
