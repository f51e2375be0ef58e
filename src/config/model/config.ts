import type { EndpointUrl } from "../secrets/endpoint_url.ts";
import type { Shard } from "./shard.ts";
import type { Problem } from "./problem.ts";
import type { Threshold } from "./threshold.ts";

/** A configuration as written, checked entry by entry; whatever format it came in. */
export interface Config {
  /** Where the text came from: a path or the name of a variable. */
  readonly source: string;
  /** The format's number. */
  readonly format: 1 | 2;
  /** Time between checks in milliseconds, where the text tells it. */
  readonly interval?: number | undefined;
  /** How long a balance is shown after its last good reading, in milliseconds, 0 for ever; where the text tells it. */
  readonly staleAfter?: number | undefined;
  readonly networks: readonly NetworkConfig[];
  /** Everything to tell about it, in the order of the text. */
  readonly problems: readonly Problem[];
  /** The lists of wallets that come over HTTP. @default none */
  readonly lists?: readonly RemoteList[] | undefined;
  /** How many wallets each list that is a file has, of all shards; by network and path. @default none */
  readonly listSizes?: ReadonlyMap<string, number> | undefined;
  /** Names of labels that wallets of any shard have, where its wallets are one shard's. @default none */
  readonly labelNames?: readonly string[] | undefined;
  /** Whether its wallets are one shard's already. @default {false} */
  readonly isSharded?: boolean | undefined;
}

/** A list of wallets that is asked for over HTTP, again and again. */
export interface RemoteList {
  /** The network that its wallets are of. */
  readonly network: string;
  /** Its place among the lists of the network: what was read last is kept by that, whatever becomes of its URL. */
  readonly index: number;
  /** Where it is; its name is the list's. */
  readonly url: EndpointUrl;
  /** From one time to the next, in milliseconds. */
  readonly refresh: number;
  /** Which of its wallets are watched; all without it. */
  readonly shard?: Shard | undefined;
}

/** One network and its wallets. */
export interface NetworkConfig {
  /** The `network` label; two networks may have the same. */
  readonly name: string;
  /** Where to ask, best first; none when no URL can ever answer. */
  readonly endpoints: readonly EndpointConfig[];
  /** The chain it must be; none where the first one that is told counts. */
  readonly chainId?: number | undefined;
  /** The hash of its first block, where that is to be checked. */
  readonly genesis?: string | undefined;
  /** How many endpoints must give the same balance. @default {1} */
  readonly quorum?: number | undefined;
  /** Which block is read: by its standing, or so many before the latest, as a negative number. @default {"latest"} */
  readonly block?: BlockTag | number | undefined;
  /** Of the chain's coin. @default what is commonly known of the chain */
  readonly symbol?: string | undefined;
  /** Of the chain's coin. @default {18} */
  readonly decimals?: number | undefined;
  /** ERC-20 tokens that are watched besides the coin. @default none */
  readonly tokens?: readonly TokenConfig[] | undefined;
  /** Time between checks in milliseconds, where it is the network's own. */
  readonly interval?: number | undefined;
  readonly wallets: readonly WalletConfig[];
  /** How many wallets other shards have, where these are one shard's. @default {0} */
  readonly others?: number | undefined;
  /** Values of the keys that schema parts add. @default none */
  readonly parts?: PartValues | undefined;
  /** Entries that cannot be watched; they show as a failed check. */
  readonly rejected: readonly RejectedEntry[];
}

/** An ERC-20 token. */
export interface TokenConfig {
  /** The `symbol` label, unique in its network. */
  readonly symbol: string;
  /** Its contract, EIP-55 checksummed, with `0x`. */
  readonly address: string;
  /** What its contract must tell; none where that is believed. */
  readonly decimals?: number | undefined;
  /** Whether all wallets of the network are watched for it, or those that name it. */
  readonly wallets: "all" | "named";
}

/** One endpoint of a network. */
export interface EndpointConfig {
  /** The `endpoint` label. */
  readonly name: string;
  readonly url: EndpointUrl;
  /** Calls a second that are sent at most; none for any number. */
  readonly callsPerSecond?: number | undefined;
}

/** A block by its standing, as the execution API names it. */
export type BlockTag = "latest" | "safe" | "finalized";

/** One wallet to watch. */
export interface WalletConfig {
  /** EIP-55 checksummed, with `0x`. */
  readonly address: string;
  readonly label: string;
  readonly minimum: Threshold;
  /** The other thresholds. */
  readonly levels?: Levels | undefined;
  /** Labels of its series besides those that all have. */
  readonly labels?: Labels | undefined;
  /** What counts where no entry of the wallet says it. */
  readonly defaults?: Defaults | undefined;
  /** Thresholds in whole tokens, by the tokens' symbols; naming a token is enough to watch the wallet for it. */
  readonly tokens?: Readonly<Record<string, TokenLevels>> | undefined;
  /** Values of the keys that schema parts add. @default none */
  readonly parts?: PartValues | undefined;
}

/** Values by the keys that schema parts add, each of the type that its schema gives. */
export type PartValues = Readonly<Record<string, unknown>>;

/** What wallets have that do not say it themselves. */
export interface Defaults {
  readonly minimum: Threshold;
  readonly levels: Levels;
  readonly labels: Labels;
}

/** Thresholds of a token, as decimal numbers: they are compared when its decimals are known. */
export type TokenLevels = Readonly<Partial<Record<Level, string>>>;

/** Thresholds by level, but for the minimum. */
export type Levels = Readonly<Partial<Record<Exclude<Level, "minimum">, Threshold>>>;

/** How grave a threshold is. */
export type Level = "minimum" | "warning" | "critical" | "target";

/** Label values by name. */
export type Labels = Readonly<Record<string, string>>;

/** An entry that is shown as a failed check and nothing else, under the texts as typed. */
export interface RejectedEntry {
  readonly address: string;
  readonly label: string;
  /** Labels of its series besides those that all have. */
  readonly labels?: Labels | undefined;
}
