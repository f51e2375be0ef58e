import type { EndpointUrl } from "./endpoint_url.ts";
import type { Problem } from "./problem.ts";
import type { Threshold } from "./threshold.ts";

/** A configuration as written, checked entry by entry; whatever format it came in. */
export interface Config {
  /** Where the text came from: a path or the name of a variable. */
  readonly source: string;
  /** The format's number. */
  readonly format: 1;
  readonly networks: readonly NetworkConfig[];
  /** Everything to tell about it, in the order of the text. */
  readonly problems: readonly Problem[];
}

/** One network and its wallets. */
export interface NetworkConfig {
  /** The `network` label; two networks may have the same. */
  readonly name: string;
  /** Where to ask; none when the URL can never answer. */
  readonly url: EndpointUrl | undefined;
  readonly wallets: readonly WalletConfig[];
  /** Entries that cannot be watched; they show as a failed check. */
  readonly setAside: readonly SetAside[];
}

/** One wallet to watch. */
export interface WalletConfig {
  /** EIP-55 checksummed, with `0x`. */
  readonly address: string;
  readonly label: string;
  readonly minimum: Threshold;
}

/** An entry that is shown as a failed check and nothing else, under the texts as typed. */
export interface SetAside {
  readonly address: string;
  readonly label: string;
}
