import { maxOf, type Scope, TOKEN, WALLET } from "./scope.ts";

/** Something that is held: which families tell of it. */
export interface Holding {
  readonly scope: Scope;
  /** The names of its families. */
  readonly balance: string;
  readonly threshold: string;
  readonly below: string;
  readonly success: string;
  readonly checked: string;
}

/** The coins of a wallet. */
export const COINS: Holding = {
  scope: WALLET,
  balance: "wallet_balance_eth",
  threshold: "wallet_balance_threshold_eth",
  below: "wallet_balance_below_minimum",
  success: "wallet_balance_check_success",
  checked: "wallet_balance_check_timestamp",
};

/** A token of a wallet. */
export const TOKENS: Holding = {
  scope: TOKEN,
  balance: "wallet_token_balance",
  threshold: "wallet_token_balance_threshold",
  below: "wallet_token_balance_below_minimum",
  success: "wallet_token_balance_check_success",
  checked: "wallet_token_balance_check_timestamp_seconds",
};

/** Ten years in seconds: a runway is not told longer, and what spends nothing has this one. */
export const LONGEST_RUNWAY = 315_360_000;

/** In place of no outflow: too little to be one, and still possible to divide by. */
const HARDLY = "1e-30";

/** Writes the balance. */
export function balanceOf({ scope, balance }: Holding): string {
  return maxOf(scope, balance);
}

/** Writes the minimum that is configured. */
export function minimumOf({ scope, threshold }: Holding): string {
  return maxOf(scope, threshold, { matchers: 'level="minimum"' });
}

/** Writes how many seconds ago the balance was read. */
export function ageOf({ scope, checked }: Holding): string {
  return `time() - ${maxOf(scope, checked)}`;
}

/**
 * Writes the falls, or the rises, of five minutes each: never less than nothing, so a
 * top-up does not hide what was spent before. A balance is a gauge, for which `rate`
 * takes a fall for a reset.
 */
function changes({ scope, balance }: Holding, way: "falls" | "rises"): string {
  const now = maxOf(scope, balance);
  const before = maxOf(scope, balance, { offset: "5m" });
  return `clamp_min(${way === "falls" ? `${before} - ${now}` : `${now} - ${before}`}, 0)`;
}

/**
 * Writes the outflow in coins a second, as the recording rules have it: the mean of a
 * window, which is right however many points lie on its edges.
 *
 * @param window its length, such as `6h`
 */
export function outflowOf(holding: Holding, window: string): string {
  return `avg_over_time(${changes(holding, "falls")}[${window}:5m]) / 300`;
}

/**
 * Writes the sum of the falls or rises of each bar of a graph. The second of offset
 * keeps a point on the edge out of one of two bars, in Prometheus 2 and in 3.
 */
export function changesOfBar(holding: Holding, way: "falls" | "rises"): string {
  return `sum_over_time(${changes(holding, way)}[$__interval:5m] offset 1s)`;
}

/**
 * Writes the seconds until a holding is used up, ten years at the most.
 *
 * @param amount how much is left to use
 * @param window over which the outflow is taken
 */
export function runwayOf(holding: Holding, amount: string, window: string): string {
  return `clamp_max(${amount} / clamp_min(${outflowOf(holding, window)}, ${HARDLY}), ${LONGEST_RUNWAY})`;
}

/** Writes 1 for a balance below the minimum, plus 2 for a check that failed. */
export function stateOf({ scope, below, success }: Holding): string {
  const checked = maxOf(scope, success);
  return `2 * (1 - ${checked}) + (${maxOf(scope, below)} or 0 * ${checked})`;
}
