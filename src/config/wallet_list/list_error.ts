import type { Position } from "../problem.ts";

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
