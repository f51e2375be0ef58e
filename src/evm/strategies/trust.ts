/** A comparison of a strategy's balance with a plain one. */
export interface Comparison {
  /** The chain at that time. */
  readonly chainId: number;
  /** In milliseconds on the clock. */
  readonly at: number;
  readonly isEqual: boolean;
  /** Whether no positive balance was compared, which does not rule out a strategy that always returns 0. */
  readonly ofZeros?: boolean;
}

/** The last comparison of each strategy of an endpoint. */
export type Comparisons = ReadonlyMap<string, Comparison>;

/** Comparisons hold for a day. */
export const COMPARISON_TTL_MS = 24 * 3_600_000;

/**
 * Whether a strategy was compared with plain balances within a day, and was equal. Strategies with plain requests need
 * no comparison.
 *
 * @param chainId of the read. @default any
 * @param now milliseconds on the clock
 */
export function isTrusted(
  comparisons: Comparisons,
  strategy: string,
  chainId: number | undefined,
  now: number,
): boolean {
  if (strategy === "batch" || strategy === "latest") return true;
  const last = comparisons.get(strategy);
  return last !== undefined && last.isEqual && !last.ofZeros &&
    last.chainId === (chainId ?? last.chainId) &&
    now - last.at < COMPARISON_TTL_MS;
}

/**
 * Whether a strategy's balances of 0 were compared with plain ones within a day.
 *
 * @param now milliseconds on the clock
 */
export function areZerosTrusted(comparisons: Comparisons, strategy: string, chainId: number, now: number): boolean {
  const last = comparisons.get(strategy);
  return last !== undefined && last.isEqual && last.chainId === chainId && now - last.at < COMPARISON_TTL_MS;
}

/**
 * Until when a strategy is disabled, since it returned other balances than plain ones.
 *
 * @returns milliseconds on the clock; in the past if it is enabled
 */
export function disabledUntil(comparisons: Comparisons, strategy: string): number {
  const last = comparisons.get(strategy);
  return last === undefined || last.isEqual ? -Infinity : last.at + COMPARISON_TTL_MS;
}
