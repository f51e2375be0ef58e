import type { ObjectEntries } from "valibot";
import type { RemoteList } from "./config.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { Shard } from "./shard.ts";
import type { SecretProblem, SecretSource } from "../secrets/expand_secrets.ts";

/** What a configuration is made of besides its text. */
export interface LoadContext extends SecretSource {
  /** Where lists of wallets come from that are asked for over HTTP; without it they are left out, with a notice. */
  readonly lists?: ListSource | undefined;
  /** What its lists may take. @default as much as they want */
  readonly budget?: MemoryBudget | undefined;
  /** Whose wallets are kept; all without it. */
  readonly shard?: Shard | undefined;
  /** Keys that wallets and networks may have besides. @default none */
  readonly parts?: readonly SchemaPart[] | undefined;
}

/** Keys that a kind of value adds to version 2, with the schemas of their values. */
export interface SchemaPart {
  /** Of a wallet, in the file or in a JSON list. */
  readonly wallet?: ObjectEntries;
  /** Of a network. */
  readonly network?: ObjectEntries;
}

/** Asks for lists of wallets, and keeps the last good one of each. */
export interface ListSource {
  /** Fetches a list unless it was fetched before; never throws. */
  fetch(list: RemoteList): Promise<void>;
  /** @returns the text of a list, or why there is none */
  textOf(list: RemoteList): Promise<string | SecretProblem>;
}
