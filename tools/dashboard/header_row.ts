import { ageOf, balanceOf, NATIVE, outflowOf } from "./balance_queries.ts";
import { type Panel, type Row, stat, thresholds } from "./panels.ts";
import { EXPORTER, maxOf, NETWORK, WALLET } from "./scope.ts";

/** Three days in seconds, the threshold of WalletBalanceDepletingSoon. */
const MIN_RUNWAY = 259_200;

const NONE_IS_GOOD = { thresholds: thresholds(["green"], ["red", 1]) };

/** Totals. Each shows "No data", not 0, if no exporter reports. */
export const HEADER_ROW: Row = {
  title: "Overview",
  collapsed: false,
  panels: [
    stat(
      {
        title: "Monitored wallets",
        description: "Wallets with at least one attempt to read them.",
        unit: "none",
        width: 3,
      },
      `count(${maxOf(WALLET, NATIVE.success)})`,
      { thresholds: thresholds(["text"]) },
    ),
    stat(
      {
        title: "Below minimum",
        description: "Wallets below their configured minimum, by their last successful read.",
        unit: "none",
        width: 3,
      },
      `sum(${maxOf(WALLET, NATIVE.below)})`,
      NONE_IS_GOOD,
    ),
    stat(
      {
        title: "Runway under 3 days",
        description: "Wallets that will be empty within three days at the outflow of the selected window.",
        unit: "none",
        width: 4,
      },
      `sum(${balanceOf(NATIVE)} < bool ${MIN_RUNWAY} * (${outflowOf(NATIVE, "$window")}))`,
      NONE_IS_GOOD,
    ),
    stat(
      { title: "Failed reads", description: "Wallets whose last read failed.", unit: "none", width: 3 },
      `sum(${maxOf(WALLET, NATIVE.success)} == bool 0)`,
      NONE_IS_GOOD,
    ),
    stat(
      {
        title: "Unreachable networks",
        description: "Networks on which the last read of every wallet failed. Ignores the selected wallets.",
        unit: "none",
        width: 4,
      },
      `sum(${maxOf(NETWORK, NATIVE.success)} == bool 0)`,
      NONE_IS_GOOD,
    ),
    stat(
      {
        title: "Oldest balance",
        description: "Age of the oldest balance. Ignores wallets that were never read.",
        unit: "s",
        width: 4,
      },
      `max(${ageOf(NATIVE)})`,
      { decimals: 0, thresholds: thresholds(["green"], ["orange", 900], ["red", 3600]) },
    ),
    version(),
  ],
};

function version(): Panel {
  const head = {
    title: "Version",
    description: "Exporter version; several during a rollout.",
    unit: "string",
    width: 3,
  };
  const expr = `count by (version) (${maxOf(EXPORTER, "wallet_balance_exporter_info", { by: "version" })})`;
  const panel = stat(head, expr, { thresholds: thresholds(["text"]) });
  return { ...panel, queries: [{ expr, legend: "{{version}}" }], options: { ...panel.options, textMode: "name" } };
}
