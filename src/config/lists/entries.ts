import type { SourceTree } from "../source_tree.ts";

/** A list as entries that look like wallets of the configuration, and where each of them is. */
export interface Entries extends Omit<SourceTree, "value"> {
  /** How many entries it has. */
  readonly count: number;
  /** Those that were kept, by their places. */
  readonly kept: ReadonlyMap<number, unknown>;
}

/** Looks at every entry while a list is parsed, and says whether it is kept. */
export type Keep = (entry: unknown, index: number) => boolean;
