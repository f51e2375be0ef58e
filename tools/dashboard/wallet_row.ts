import { balanceOf, changesOfBar, COINS, type Holding, minimumOf, outflowOf } from "./holding.ts";
import { holdingTable } from "./holding_table.ts";
import { BARS, dashed, graph, type Head } from "./kinds.ts";
import { overrideQuery, type Panel, type Row, thresholds } from "./panel.ts";
import { maxOf, NETWORK } from "./scope.ts";

const LEGEND = "{{label}} ({{network}})";

/** Bars and windows of less than an hour would show single transactions. */
const BAR = "1h";

/** The wallets: who has how much, and for how long. */
export const WALLET_ROW: Row = {
  title: "Wallets",
  collapsed: false,
  panels: [
    holdingTable(
      {
        title: "Wallets",
        description: "Every wallet, the one that is empty first on top. Time to minimum and time to empty go by the " +
          "outflow of the chosen window, which counts falls only: a top-up does not hide it. " +
          "Minimum, ratio and coin need version 2 of the exporter.",
        unit: "none",
        width: 24,
      },
      COINS,
      { expr: coins() },
    ),
    balanceGraph(
      {
        title: "Balance",
        description: 'Balances in whole coins, and their minimums dashed. The switch "Scale" above makes the axis ' +
          "logarithmic, without balances of 0.",
        unit: "none",
        width: 24,
      },
      COINS,
      LEGEND,
    ),
    graph(
      {
        title: "Outflow per hour",
        description: "Coins that left in an hour, as the mean of each bar. Stacked: choose one network where coins " +
          "differ in worth.",
        unit: "none",
        width: 12,
      },
      [{ expr: `${changesOfBar(COINS, "falls")} * 3600000 / $__interval_ms`, legend: LEGEND }],
      { interval: BAR, defaults: { min: 0 }, custom: BARS },
    ),
    graph(
      {
        title: "Top-ups",
        description: "Coins that came in, the sum of each bar. Whatever left in the same five minutes is taken off.",
        unit: "none",
        width: 12,
      },
      [{ expr: `${changesOfBar(COINS, "rises")} > 0`, legend: LEGEND }],
      { interval: BAR, defaults: { min: 0 }, custom: BARS },
    ),
    graph(
      {
        title: "Runway",
        description: "Hours until a wallet is empty at the outflow of the chosen window; none for a wallet that " +
          "spends nothing. Alerts are at 6 and 72 hours.",
        unit: "h",
        width: 24,
      },
      [{ expr: `${balanceOf(COINS)} / (${outflowOf(COINS, "$window")} > 0) / 3600`, legend: LEGEND }],
      {
        defaults: { thresholds: thresholds(["transparent"], ["red", 6], ["orange", 72]) },
        custom: { scaleDistribution: { type: "log", log: 10 }, thresholdsStyle: { mode: "dashed" } },
      },
    ),
  ],
};

/** While a new version comes, a network can have two symbols; one is taken, for two would be an error. */
function coins(): string {
  const chain = maxOf(NETWORK, "wallet_balance_exporter_network_info", { by: "symbol" });
  return `0 * ${maxOf(COINS.scope, COINS.success)} + on (${NETWORK.labels}) group_left (symbol) ` +
    `topk by (${NETWORK.labels}) (1, ${chain})`;
}

/**
 * Makes a graph of balances with their minimums dashed. No axis can be switched by a
 * variable: so there are two of each line, and the variable makes one of them empty.
 *
 * @param holding what it shows
 * @param legend of a balance
 */
export function balanceGraph(head: Head, holding: Holding, legend: string): Panel {
  const lines = [
    { expr: balanceOf(holding), legend },
    { expr: minimumOf(holding), legend: `${legend}, minimum` },
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
