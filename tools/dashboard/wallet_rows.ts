import {
  type BalanceMetrics,
  balanceOf,
  changesOfBar,
  minimumOf,
  NATIVE,
  outflowOf,
  TOKEN_BALANCE,
} from "./balance_queries.ts";
import { balanceTable } from "./balance_table.ts";
import { BARS, dashed, graph, overrideQuery, type Panel, type PanelHead, type Row, thresholds } from "./panels.ts";
import { maxOf, NETWORK } from "./scope.ts";

const LEGEND = "{{label}} ({{network}})";

/** Shorter bars would show single transactions. */
const BAR = "1h";

/** Native balances, outflow and runway. */
export const WALLET_ROW: Row = {
  title: "Wallets",
  collapsed: false,
  panels: [
    balanceTable(
      {
        title: "Wallets",
        description:
          "All wallets, sorted by time to empty. Time to minimum and time to empty are based on the outflow of the " +
          "selected window, which counts decreases only, so top-ups do not hide it. Minimum, ratio and coin require " +
          "version 2 of the exporter.",
        unit: "none",
        width: 24,
      },
      NATIVE,
      coinSymbols(),
    ),
    balanceGraph(
      {
        title: "Balance",
        description:
          'Balances in whole coins. Dashed: minimums. "Scale" above switches to a logarithmic axis, without balances of 0.',
        unit: "none",
        width: 24,
      },
      NATIVE,
      LEGEND,
    ),
    graph(
      {
        title: "Outflow per hour",
        description:
          "Coins spent per hour, the mean of each bar. Stacked: select one network if coins differ in value.",
        unit: "none",
        width: 12,
      },
      [{ expr: `${changesOfBar(NATIVE, "decreases")} * 3600000 / $__interval_ms`, legend: LEGEND }],
      { interval: BAR, defaults: { min: 0 }, custom: BARS },
    ),
    graph(
      {
        title: "Top-ups",
        description: "Coins received, the sum of each bar. Reduced by coins spent in the same five minutes.",
        unit: "none",
        width: 12,
      },
      [{ expr: `${changesOfBar(NATIVE, "increases")} > 0`, legend: LEGEND }],
      { interval: BAR, defaults: { min: 0 }, custom: BARS },
    ),
    graph(
      {
        title: "Runway",
        description:
          "Hours until a wallet is empty at the outflow of the selected window. Wallets that spend nothing are not shown. " +
          "Alert thresholds: 6 and 72 hours.",
        unit: "h",
        width: 24,
      },
      [{ expr: `${balanceOf(NATIVE)} / (${outflowOf(NATIVE, "$window")} > 0) / 3600`, legend: LEGEND }],
      {
        defaults: { thresholds: thresholds(["transparent"], ["red", 6], ["orange", 72]) },
        custom: { scaleDistribution: { type: "log", log: 10 }, thresholdsStyle: { mode: "dashed" } },
      },
    ),
  ],
};

/** ERC-20 balances; collapsed, since most exporters have none. */
export const TOKEN_ROW: Row = {
  title: "Tokens",
  collapsed: true,
  panels: [
    balanceTable(
      {
        title: "Tokens",
        description: "All ERC-20 balances, sorted by time to empty, like the table of wallets.",
        unit: "none",
        width: 24,
      },
      TOKEN_BALANCE,
    ),
    balanceGraph(
      {
        title: "Token balances",
        description: 'Balances in whole tokens. Dashed: minimums. "Scale" above switches the axis.',
        unit: "none",
        width: 24,
      },
      TOKEN_BALANCE,
      "{{label}} {{symbol}} ({{network}})",
    ),
  ],
};

/** One symbol per network: during a rollout there may be two, which the join would reject. */
function coinSymbols(): string {
  const chain = maxOf(NETWORK, "wallet_balance_exporter_network_info", { by: "symbol" });
  return `0 * ${maxOf(NATIVE.scope, NATIVE.success)} + on (${NETWORK.labels}) group_left (symbol) ` +
    `topk by (${NETWORK.labels}) (1, ${chain})`;
}

/**
 * A graph of balances with dashed minimums. A variable cannot switch the axis, so each line is there twice, and the
 * variable empties one of them.
 */
export function balanceGraph(head: PanelHead, metrics: BalanceMetrics, legend: string): Panel {
  const lines = [
    { expr: balanceOf(metrics), legend },
    { expr: minimumOf(metrics), legend: `${legend}, minimum` },
  ];
  const linear = lines.map(({ expr, legend }) => ({ expr: `${expr} and on () (vector($scale) == 0)`, legend }));
  const log = lines.map(({ expr, legend }) => ({ expr: `${expr} > 0 and on () (vector($scale) == 1)`, legend }));
  const logarithmic = { "custom.scaleDistribution": { type: "log", log: 10 } };
  return graph(head, [...linear, ...log], {
    height: 10,
    overrides: [
      dashed("B", "red"),
      dashed("D", "red"),
      overrideQuery("C", logarithmic),
      overrideQuery("D", logarithmic),
    ],
  });
}
