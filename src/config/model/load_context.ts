import type { ObjectEntries } from "valibot";
import type { KeptList, RemoteList } from "./config.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { Shard } from "./shard.ts";
import type { Explanation, SecretSource } from "../secrets/expand_secrets.ts";

/** What a configuration needs besides its text. */
export interface LoadContext extends SecretSource {
  /** Fetches lists of wallets; without it those over HTTP are skipped, with a notice. */
  readonly lists?: ListSource | undefined;
  /** For its lists. @default unlimited */
  readonly budget?: MemoryBudget | undefined;
  /** Whose wallets are kept; all without it. */
  readonly shard?: Shard | undefined;
  /** Additional keys of wallets and networks. @default those of `assets/kinds.ts` */
  readonly parts?: readonly SchemaPart[] | undefined;
}

/** Keys that a kind of value adds to version 2, with their schemas. */
export interface SchemaPart {
  /** Of a wallet, in the file or in a list; a value from CSV is a string. */
  readonly wallet?: ObjectEntries;
  /** Of a network, and of the defaults of all networks. */
  readonly network?: ObjectEntries;
}

/** Fetches lists of wallets, and keeps the last good one of each. */
export interface ListSource {
  /** Fetches a list unless it was fetched before; never throws. */
  fetch(list: RemoteList): Promise<void>;
  /**
   * Fetches a list over HTTP unless it was fetched before, and reads one that is a file.
   *
   * @returns its last good text, or why there is none
   */
  textOf(list: KeptList): Promise<string | Explanation>;
}
