import type { SourceTree } from "../source_tree.ts";

/** A list as entries that look like wallets of the configuration, and where each of them stands. */
export interface Entries extends SourceTree {
  readonly value: readonly unknown[];
}
