import { maxOf, type Scope, TOKEN, WALLET } from "./scope.ts";

/** The metrics of one kind of balance. */
export interface BalanceMetrics {
  readonly scope: Scope;
  readonly balance: string;
  readonly threshold: string;
  readonly below: string;
  readonly success: string;
  readonly checked: string;
}

/** Native balances. */
export const NATIVE: BalanceMetrics = {
  scope: WALLET,
  balance: "wallet_balance_eth",
  threshold: "wallet_balance_threshold_eth",
  below: "wallet_balance_below_minimum",
  success: "wallet_balance_check_success",
  checked: "wallet_balance_check_timestamp",
};

/** ERC-20 balances. */
export const TOKEN_BALANCE: BalanceMetrics = {
  scope: TOKEN,
  balance: "wallet_token_balance",
  threshold: "wallet_token_balance_threshold",
  below: "wallet_token_balance_below_minimum",
  success: "wallet_token_balance_check_success",
  checked: "wallet_token_balance_check_timestamp_seconds",
};

/** Ten years in seconds, the runway of a wallet that spends nothing. */
export const MAX_RUNWAY = 315_360_000;

/** Replaces an outflow of 0, to divide by. */
const MIN_OUTFLOW = "1e-30";

/** Query of the balance. */
export function balanceOf({ scope, balance }: BalanceMetrics): string {
  return maxOf(scope, balance);
}

/** Query of the configured minimum. */
export function minimumOf({ scope, threshold }: BalanceMetrics): string {
  return maxOf(scope, threshold, { matchers: 'level="minimum"' });
}

/** Query of the balance's age in seconds. */
export function ageOf({ scope, checked }: BalanceMetrics): string {
  return `time() - ${maxOf(scope, checked)}`;
}

/**
 * Query of the decreases or increases of five minutes each. Never negative, so that a top-up does not hide spending.
 * Not `rate()`, which takes a decrease for a counter reset.
 */
function changes({ scope, balance }: BalanceMetrics, direction: "decreases" | "increases"): string {
  const now = maxOf(scope, balance);
  const before = maxOf(scope, balance, { offset: "5m" });
  return `clamp_min(${direction === "decreases" ? `${before} - ${now}` : `${now} - ${before}`}, 0)`;
}

/**
 * Query of the outflow per second, as in the recording rules. A mean, since Prometheus 2 includes both ends of a range
 * and Prometheus 3 does not.
 *
 * @param window such as `6h`
 */
export function outflowOf(metrics: BalanceMetrics, window: string): string {
  return `avg_over_time(${changes(metrics, "decreases")}[${window}:5m]) / 300`;
}

/** Query of the sum of changes per bar. The offset puts a point between two bars into one of them only. */
export function changesOfBar(metrics: BalanceMetrics, direction: "decreases" | "increases"): string {
  return `sum_over_time(${changes(metrics, direction)}[$__interval:5m] offset 1s)`;
}

/**
 * Query of the seconds until an amount is spent, at most ten years.
 *
 * @param amount query of the amount
 * @param window of the outflow
 */
export function runwayOf(metrics: BalanceMetrics, amount: string, window: string): string {
  return `clamp_max(${amount} / clamp_min(${outflowOf(metrics, window)}, ${MIN_OUTFLOW}), ${MAX_RUNWAY})`;
}

/** Query of the state: 1 if below the minimum, plus 2 if the last read failed. */
export function stateOf({ scope, below, success }: BalanceMetrics): string {
  const checked = maxOf(scope, success);
  return `2 * (1 - ${checked}) + (${maxOf(scope, below)} or 0 * ${checked})`;
}
