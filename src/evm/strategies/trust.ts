/** How the balances of a strategy compared with plain ones. */
export interface Comparison {
  /** The chain that was read. */
  readonly chainId: number;
  /** In milliseconds on the clock. */
  readonly at: number;
  readonly isEqual: boolean;
  /** Set when all balances were 0: a strategy that always returns 0 is not told apart from others by that. */
  readonly ofZeros?: true;
}

/** The last comparison of each strategy of an endpoint. */
export type Comparisons = ReadonlyMap<string, Comparison>;

/** A comparison counts for a day. */
export const COMPARISON_TTL_MS = 24 * 3_600_000;

/**
 * Whether a strategy was compared with plain balances within a day, and gave the same. Strategies that
 * ask for plain balances need no comparison.
 *
 * @param comparisons of the endpoint
 * @param strategy which
 * @param chainId the chain that is read; any if it is not given
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
  return last !== undefined && last.isEqual && last.ofZeros === undefined &&
    last.chainId === (chainId ?? last.chainId) &&
    now - last.at < COMPARISON_TTL_MS;
}

/**
 * Whether a strategy's balances of 0 were compared with plain ones within a day.
 *
 * @param comparisons of the endpoint
 * @param strategy which
 * @param chainId the chain that is read
 * @param now milliseconds on the clock
 */
export function areZerosTrusted(comparisons: Comparisons, strategy: string, chainId: number, now: number): boolean {
  const last = comparisons.get(strategy);
  return last !== undefined && last.isEqual && last.chainId === chainId && now - last.at < COMPARISON_TTL_MS;
}

/**
 * Until when a strategy is not used, since it gave other balances than plain ones.
 *
 * @param comparisons of the endpoint
 * @param strategy which
 * @returns milliseconds on the clock; in the past when it may be used
 */
export function disabledUntil(comparisons: Comparisons, strategy: string): number {
  const last = comparisons.get(strategy);
  return last === undefined || last.isEqual ? -Infinity : last.at + COMPARISON_TTL_MS;
}
