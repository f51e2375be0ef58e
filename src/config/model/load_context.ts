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
}

/** Asks for lists of wallets, and keeps the last good one of each. */
export interface ListSource {
  /** Fetches a list unless it was fetched before; never throws. */
  fetch(list: RemoteList): Promise<void>;
  /** @returns the text of a list, or why there is none */
  textOf(list: RemoteList): Promise<string | SecretProblem>;
}
