import { dashed, graph, type Row, thresholds } from "./panels.ts";
import { maxOf, NETWORK, select, WALLET } from "./scope.ts";

const LEGEND = "{{label}} ({{network}})";

const LAST = "wallet_transactions_last_timestamp_seconds";

/** How many wallets of each network have 0. */
function unreadOf(metric: string): string {
  return `count by (${NETWORK.labels}) (${maxOf(WALLET, metric)} == 0)`;
}

/** What wallets send, whether they are delegated, and what is configured besides; collapsed, since it is optional. */
export const TRANSACTIONS_ROW: Row = {
  title: "Transactions and code",
  collapsed: true,
  panels: [
    graph(
      {
        title: "Transactions left",
        description:
          "How many transactions the balance is enough for, at their cost of the last 24 hours. Alert threshold: 100.",
        unit: "none",
        width: 12,
      },
      [{ expr: maxOf(WALLET, "wallet_transactions_left"), legend: LEGEND }],
      {
        defaults: { thresholds: thresholds(["transparent"], ["red", 0], ["transparent", 100]) },
        custom: { scaleDistribution: { type: "log", log: 10 }, thresholdsStyle: { mode: "dashed" } },
      },
    ),
    graph(
      {
        title: "Cost of a transaction",
        description: "What a transaction of the last 24 hours cost on average, in whole coins, with all its fees.",
        unit: "none",
        width: 12,
      },
      [{ expr: maxOf(WALLET, "wallet_transaction_cost_eth"), legend: LEGEND }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Time since the last transaction",
        description:
          'How long the nonce has not changed. Dashed: the longest normal time, "expect" of the configuration.',
        unit: "s",
        width: 12,
      },
      [
        { expr: `time() - ${maxOf(WALLET, LAST)}`, legend: LEGEND },
        { expr: maxOf(WALLET, "wallet_transactions_expected_interval_seconds"), legend: `${LEGEND}, expected` },
      ],
      { defaults: { min: 0 }, overrides: [dashed("B", "red")] },
    ),
    graph(
      {
        title: "Transactions per hour",
        description: "Transactions that wallets sent, by their nonces.",
        unit: "none",
        width: 12,
      },
      [{
        // Replicas count the same transactions.
        expr: `3600 * max by (${WALLET.labels}) (rate(${
          select(WALLET, "wallet_transactions_total", { range: "$__rate_interval" })
        }))`,
        legend: LEGEND,
      }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Pending transactions",
        description: "Transactions in the node's pool, of wallets whose nonce does not change.",
        unit: "none",
        width: 12,
      },
      [{ expr: maxOf(WALLET, "wallet_transactions_pending"), legend: LEGEND }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Unexpected delegations",
        description:
          "Wallets that are delegated to a contract (EIP-7702) without being meant to be. Do not top them up.",
        unit: "none",
        width: 12,
      },
      [{ expr: `${maxOf(WALLET, "wallet_code_expected")} == 0`, legend: LEGEND }],
      { defaults: { min: -1, max: 1 } },
    ),
    graph(
      {
        title: "Unread transactions and code",
        description: "Wallets whose nonce or code could not be read the last time: the alerts about them do not fire.",
        unit: "none",
        width: 12,
      },
      [
        { expr: unreadOf("wallet_transactions_check_success"), legend: "transactions ({{network}})" },
        { expr: unreadOf("wallet_code_check_success"), legend: "code ({{network}})" },
      ],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Outflow by the exporter",
        description:
          "Coins spent per hour by the exporter's own history of a day, which a backfill has from the start.",
        unit: "none",
        width: 12,
      },
      [{
        expr: `3600 * ${maxOf(WALLET, "wallet_balance_outflow_eth_per_second", { matchers: 'window="24h"' })}`,
        legend: LEGEND,
      }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Prices",
        description: "Prices in USD, from the configured contracts; none while a price is too old.",
        unit: "currencyUSD",
        width: 12,
      },
      [{
        expr: maxOf(NETWORK, "wallet_balance_exporter_price_usd", { by: "symbol" }),
        legend: "{{symbol}} ({{network}})",
      }],
    ),
    graph(
      {
        title: "Muted wallets",
        description: "Wallets without alerts at present, with the end of their mute.",
        unit: "none",
        width: 12,
      },
      [{
        expr: maxOf(WALLET, "wallet_balance_muted", { by: "muted_until" }),
        legend: `${LEGEND} until {{muted_until}}`,
      }],
      { defaults: { min: 0, max: 1 } },
    ),
  ],
};
