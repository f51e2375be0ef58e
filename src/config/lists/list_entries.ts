import type { Position } from "../model/problem.ts";
import type { SourceTree } from "../source/source_tree.ts";

/** A list is longer than this by mistake only, in bytes. */
export const MAX_LIST_BYTES = 16 * 1024 * 1024;

/** More wallets in one list are a mistake, or too many for one process. */
export const MAX_WALLETS = 100_000;

/** No wallet needs more, in characters. */
export const MAX_ENTRY_LENGTH = 16_384;

/** A list of wallets that cannot be used at all: not in part either. */
export class ListError extends Error {
  override readonly name = "ListError";
  /** What to do about it, without a full stop. */
  readonly advice: string;
  /** Where the mistake is. */
  readonly position: Position;

  /**
   * @param message what is wrong, without a full stop; quotes nothing
   * @param advice what to do about it
   * @param position where
   */
  constructor(message: string, advice: string, position: Position = { line: 1, column: 1 }) {
    super(message);
    this.advice = advice;
    this.position = position;
  }
}

/** The refusal of a list that goes past its bound. */
export function tooManyWallets(): ListError {
  return new ListError(
    `The list has more than ${MAX_WALLETS} wallets`,
    "Give each network its own list, or use shards",
  );
}

/** A list as entries that look like wallets of the configuration, and where each of them is. */
export interface Entries extends Omit<SourceTree, "value"> {
  /** How many entries it has. */
  readonly count: number;
  /** Those that were kept, by their places. */
  readonly kept: ReadonlyMap<number, unknown>;
}

/** Looks at every entry while a list is parsed, and says whether it is kept. */
export type Keep = (entry: unknown, index: number) => boolean;
