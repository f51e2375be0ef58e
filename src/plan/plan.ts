import type {
  BlockTag,
  EndpointConfig,
  Labels,
  Level,
  Mute,
  NetworkConfig,
  TokenConfig,
  TokenLevels,
} from "../config/model/config.ts";
import type { Account, TokenAsset } from "../assets/asset.ts";
import type { AssetKeys } from "../assets/asset_kind.ts";
import type { Threshold } from "../config/model/threshold.ts";

/** Everything that is read, resolved from a configuration. Immutable: a reload makes a new one. */
export interface Plan {
  readonly networks: readonly NetworkPlan[];
  /** Networks with duplicate names, and their new names. */
  readonly renamed: readonly Renamed[];
}

/** One network to poll. */
export interface NetworkPlan
  extends Pick<NetworkConfig, "endpoints" | "chainId" | "genesis" | "symbol" | "interval" | "rejected"> {
  /** Unique: the `network` label of the per-network and per-endpoint families, and the name in the log. */
  readonly id: string;
  /** The `network` label of the per-wallet families; as in the original it may be another network's too. */
  readonly networkLabel: string;
  /** How many endpoints must report the same balance. */
  readonly quorum: number;
  /** The block to read: a tag, or a negative number of blocks relative to the latest. */
  readonly block: BlockTag | number;
  /** Whether the outflow is published. @default {false} */
  readonly outflow?: true;
  /** How far back balances are read once, in milliseconds. @default not at all */
  readonly backfill?: number;
  /** Of the coin. */
  readonly decimals: number;
  readonly tokens: readonly TokenPlan[];
  /** Without duplicates. */
  readonly accounts: readonly Account[];
  /** The last of the accounts: values besides coins and tokens. @default none */
  readonly values?: readonly Account[];
  readonly wallets: readonly WalletPlan[];
  /** Contracts with a view of their own, as wallets with this token and without a coin. @default none */
  readonly contracts?: readonly WalletPlan[];
  /** The wallets with a mute, which may have ended. @default none */
  readonly muted?: readonly WalletPlan[];
  /** What is read of this network for coins and tokens of any. @default none */
  readonly prices?: readonly PricePlan[];
}

/** A price that a contract reports. */
export interface PricePlan {
  /** Of coins and tokens of all networks. */
  readonly symbols: readonly string[];
  /** Its decimals are known like a token's. */
  readonly token: TokenPlan;
  readonly account: Account;
  /** When it was set, in seconds since the Unix epoch. */
  readonly updated: Account;
  /** Of a feed that has no functions of their own for these. */
  readonly round: Readonly<Record<"answer" | "updated", Account>>;
  /** In milliseconds: an older one is not used. */
  readonly maxAge: number;
}

export type { Account } from "../assets/asset.ts";
export type { BlockTag, Labels, Level, Mute, RejectedEntry, TokenLevels } from "../config/model/config.ts";

/** One endpoint of a network. */
export type EndpointPlan = EndpointConfig;

/** A token of a network. */
export interface TokenPlan extends TokenConfig {
  readonly asset: TokenAsset;
}

/** One set of series: an address under a label. */
export interface WalletPlan {
  /** Its native balance; of a contract its view. */
  readonly account: Account;
  /** EIP-55 checksummed, with `0x`. */
  readonly address: string;
  readonly label: string;
  /** The distinct minimums, each with a `below_minimum` series of its own. */
  readonly minimums: readonly Threshold[];
  /** Whether a minimum is invalid, which counts as a failed check. */
  readonly hasInvalidMinimum: boolean;
  /** The strictest of each level. */
  readonly thresholds: Readonly<Partial<Record<Level, Threshold>>>;
  /** Additional labels: the same names for all wallets, with empty values for those a wallet does not have. */
  readonly labels: Labels;
  /** Its tokens, in the network's order. */
  readonly tokens: readonly WalletTokenPlan[];
  /** Other values that are read of it, see `assets/kinds.ts`. @default none */
  readonly values?: readonly Account[];
  /** The keys of these values. @default none */
  readonly keys?: AssetKeys;
  /** The one of its entries that ends last. @default none */
  readonly mute?: Mute;
}

/** A wallet's balance of a token. */
export interface WalletTokenPlan {
  readonly account: Account;
  readonly token: TokenPlan;
  /** In whole tokens; the strictest of each level. */
  readonly thresholds: TokenLevels;
}

/** A network with a duplicate name. */
export interface Renamed {
  readonly name: string;
  readonly id: string;
  /** Whether its wallets' series carry the new name as well. */
  readonly inSeries: boolean;
}

/** Whether two endpoints are the same: what was learned of one applies to the other. */
export function isSameEndpoint(one: EndpointPlan, other: EndpointPlan | undefined): boolean {
  return other !== undefined && one.name === other.name && one.callsPerSecond === other.callsPerSecond &&
    one.url.equals(other.url);
}
