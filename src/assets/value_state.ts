import type { Reason } from "../jsonrpc/errors.ts";

/** What is known of a value that is read besides coins and tokens. */
export interface ValueState {
  /** The last good reading, if there is one that is not too old. */
  readonly reading: { readonly amount: bigint; readonly at: number } | undefined;
  readonly failure: Reason | undefined;
  readonly attempted: boolean;
  /** Undefined before the first reading. */
  readonly changes?: Changes | undefined;
  /** What is known of related accounts, by name. */
  readonly related?: Readonly<Record<string, ValueState | undefined>>;
}

/** How a value changed while it was read. */
export interface Changes {
  /** When it last changed, or was first read, in seconds since the Unix epoch. */
  readonly at: number;
  /** How often it changed. */
  readonly count: number;
  /** The readings in a row that were equal to the last. */
  readonly same: number;
  /** The reading before the last. */
  readonly before: bigint | undefined;
  /** Of an account with a related `coin`. */
  readonly costs?: Costs | undefined;
}

/** What the wallet's coin paid for while a value increased, such as its transactions. */
export interface Costs {
  /** Of the last 24 hours, the oldest first. */
  readonly hours: readonly HourlyCosts[];
  /** The value and the coin's sums where the next part begins. */
  readonly from: { readonly amount: bigint; readonly spent: bigint; readonly received: bigint };
}

/** Without the times of top-ups, which hide what was spent. */
export interface HourlyCosts {
  /** The number of the hour on the monotonic clock. */
  readonly hour: number;
  readonly increase: bigint;
  /** In the coin's smallest unit. */
  readonly spent: bigint;
}
