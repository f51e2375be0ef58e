import type { ViewCall } from "../../assets/view.ts";
import type { EndpointUrl } from "../secrets/endpoint_url.ts";
import type { Shard } from "./shard.ts";
import type { Problem } from "./problem.ts";
import type { Threshold } from "./threshold.ts";

/** A configuration of either version, with every entry checked. */
export interface Config {
  /** Where the text came from: a path or the name of a variable. */
  readonly source: string;
  /** Its version. */
  readonly version: 1 | 2;
  /** Time between checks in milliseconds, if configured. */
  readonly interval?: number | undefined;
  /** How long a balance is shown after its last good reading, in milliseconds, 0 for ever; if configured. */
  readonly staleAfter?: number | undefined;
  readonly networks: readonly NetworkConfig[];
  /** In the order of the text. */
  readonly problems: readonly Problem[];
  /** Lists of wallets over HTTP. @default none */
  readonly lists?: readonly RemoteList[] | undefined;
  /** Lists of wallets that a pattern matched. @default none */
  readonly matchedLists?: readonly MatchedList[] | undefined;
  /** The number of wallets in each file list, of all shards, by network and path. @default none */
  readonly listSizes?: ReadonlyMap<string, number> | undefined;
  /** Label names of the wallets of all shards, if these are one shard's. @default none */
  readonly labelNames?: readonly string[] | undefined;
  /** Whether these wallets are one shard's. @default {false} */
  readonly isSharded?: boolean | undefined;
}

/** A list of wallets that is fetched over HTTP at an interval. */
export interface RemoteList {
  readonly network: string;
  /** Its index among the lists of the network: the last good list is kept by it, even if the URL changes. */
  readonly index: number;
  readonly url: EndpointUrl;
  /** Interval in milliseconds. */
  readonly refresh: number;
  /** Whose wallets are watched; all without it. */
  readonly shard?: Shard | undefined;
}

/** A file with a list of wallets, found by a pattern. */
export interface MatchedList {
  readonly network: string;
  readonly path: string;
  /** Whose wallets are watched; all without it. */
  readonly shard?: Shard | undefined;
  /** Why it is not read; then the path is that of the pattern. */
  readonly problem?: string | undefined;
}

/** A list whose last good version stays in use. */
export type KeptList = RemoteList | MatchedList;

/** The name of a list for people, and in metrics. */
export function listName(list: KeptList): string {
  return "url" in list ? list.url.name : list.path;
}

/** What is published and read besides balances. */
export interface OutflowConfig {
  /** Whether the outflow is published. @default {false} */
  readonly outflow?: boolean | undefined;
  /** How far back balances are read at the start, in milliseconds: an hour to a day. @default not at all */
  readonly backfill?: number | undefined;
}

/** One network and its wallets. */
export interface NetworkConfig extends OutflowConfig {
  /** The `network` label; two networks may have the same. */
  readonly name: string;
  /** Best first; none if no URL is valid. */
  readonly endpoints: readonly EndpointConfig[];
  /** The required chain id; without it the first reported one is used. */
  readonly chainId?: number | undefined;
  /** The required hash of the first block. */
  readonly genesis?: string | undefined;
  /** How many endpoints must give the same balance. @default {1} */
  readonly quorum?: number | undefined;
  /** The block to read: a tag, or a negative number of blocks relative to the latest. @default {"latest"} */
  readonly block?: BlockTag | number | undefined;
  /** Of the chain's coin. @default that of the known chain */
  readonly symbol?: string | undefined;
  /** Of the chain's coin. @default {18} */
  readonly decimals?: number | undefined;
  /** ERC-20 tokens that are watched besides the coin. @default none */
  readonly tokens?: readonly TokenConfig[] | undefined;
  /** Views that belong to their contracts. @default none */
  readonly contracts?: readonly ContractConfig[] | undefined;
  /** Prices of which the contracts are on this network. @default none */
  readonly prices?: readonly PriceConfig[] | undefined;
  /** Its own time between checks in milliseconds. */
  readonly interval?: number | undefined;
  readonly wallets: readonly WalletConfig[];
  /** The number of wallets of other shards, if these are one shard's. @default {0} */
  readonly others?: number | undefined;
  /** Values of the keys of schema parts. @default none */
  readonly parts?: PartValues | undefined;
  /** Invalid entries, which show as failed checks. */
  readonly rejected: readonly RejectedEntry[];
}

/** An ERC-20 token. */
export interface TokenConfig {
  /** The `symbol` label, unique in its network. */
  readonly symbol: string;
  /** Its contract, EIP-55 checksummed, with `0x`. */
  readonly address: string;
  /** The required result of its contract; without it any result is accepted. */
  readonly decimals?: number | undefined;
  /** Whether its contract has `decimals()`; without it those of the configuration are used. @default {true} */
  readonly hasDecimals?: boolean | undefined;
  /** What is read instead of its `balanceOf(address)`. */
  readonly view?: ViewCall | undefined;
  /** Whether it is read for all wallets of the network, or for those that name it. */
  readonly wallets: "all" | "named";
}

/** A view that belongs to its contract, not to wallets. */
export interface ContractConfig {
  /** Its symbol is the contract's label, too. */
  readonly token: TokenConfig;
  readonly thresholds: TokenLevels;
  /** Additional labels of its series. */
  readonly labels: Labels;
}

/** A price that a contract reports. */
export interface PriceConfig {
  /** Of coins and tokens of all networks. */
  readonly symbols: readonly string[];
  /** EIP-55 checksummed, with `0x`. */
  readonly feed: string;
  /** In milliseconds: an older one is not used. */
  readonly maxAge: number;
}

/** One endpoint of a network. */
export interface EndpointConfig {
  /** The `endpoint` label. */
  readonly name: string;
  readonly url: EndpointUrl;
  /** Maximum calls per second; unlimited without it. */
  readonly callsPerSecond?: number | undefined;
}

/** A block tag of the execution API. */
export type BlockTag = "latest" | "safe" | "finalized";

/** One wallet to watch. */
export interface WalletConfig {
  /** EIP-55 checksummed, with `0x`. */
  readonly address: string;
  readonly label: string;
  readonly minimum: Threshold;
  /** The other thresholds. */
  readonly levels?: Levels | undefined;
  /** Additional labels of its series. */
  readonly labels?: Labels | undefined;
  /** Used where no entry of the wallet has its own. */
  readonly defaults?: Defaults | undefined;
  /** Thresholds in whole tokens, by the tokens' symbols; naming a token is enough to watch the wallet for it. */
  readonly tokens?: Readonly<Record<string, TokenLevels>> | undefined;
  /** Values of the keys of schema parts. @default none */
  readonly parts?: PartValues | undefined;
  /** While it has no alerts. @default none */
  readonly mute?: Mute | undefined;
}

/** A time without alerts of a wallet, such as a maintenance. It begins with the configuration and ends by itself. */
export interface Mute {
  /** In seconds since the Unix epoch. */
  readonly until: number;
  /** For people. */
  readonly reason: string;
}

/** Values by the keys of schema parts, each of the type of its schema. */
export type PartValues = Readonly<Record<string, unknown>>;

/** For wallets that do not have their own. */
export interface Defaults {
  readonly minimum: Threshold;
  readonly levels: Levels;
  readonly labels: Labels;
}

/** Thresholds of a token, as decimal numbers: they are compared when its decimals are known. */
export type TokenLevels = Readonly<Partial<Record<Level, string>>>;

/** Thresholds by level, without the minimum. */
export type Levels = Readonly<Partial<Record<Exclude<Level, "minimum">, Threshold>>>;

/** The level of a threshold. */
export type Level = "minimum" | "warning" | "critical" | "target" | "maximum";

/** Label values by name. */
export type Labels = Readonly<Record<string, string>>;

/** An invalid entry: shown only as a failed check, under its address and label as typed. */
export interface RejectedEntry {
  readonly address: string;
  readonly label: string;
  /** Additional labels of its series. */
  readonly labels?: Labels | undefined;
}
