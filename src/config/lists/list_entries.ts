import type { Position } from "../model/problem.ts";
import type { SourceTree } from "../source/source_tree.ts";

/** A longer list is a mistake, in bytes. */
export const MAX_LIST_BYTES = 16 * 1024 * 1024;

/** More wallets in one list are a mistake, or too many for one process. */
export const MAX_WALLETS = 100_000;

/** Length of an entry that no wallet needs, in characters. */
export const MAX_ENTRY_LENGTH = 16_384;

/** A list of wallets that cannot be used, not even in part. */
export class ListError extends Error {
  override readonly name = "ListError";
  /** What to do about it, without a full stop. */
  readonly advice: string;
  /** Where the mistake is. */
  readonly position: Position;

  /** @param message what is wrong, without a full stop; quotes nothing */
  constructor(message: string, advice: string, position: Position = { line: 1, column: 1 }) {
    super(message);
    this.advice = advice;
    this.position = position;
  }
}

/** The error for a list that is too long. */
export function tooManyWallets(): ListError {
  return new ListError(
    `The list has more than ${MAX_WALLETS} wallets`,
    "Give each network its own list, or use shards",
  );
}

/** The entries of a list in the shape of version 2, with their places. */
export interface Entries extends Omit<SourceTree, "value"> {
  /** How many entries it has. */
  readonly count: number;
  /** The kept ones, by index. */
  readonly kept: ReadonlyMap<number, unknown>;
}

/** Called for every entry while a list is parsed; returns whether to keep it. */
export type Keep = (entry: unknown, index: number) => boolean;
