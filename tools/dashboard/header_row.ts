import { ageOf, balanceOf, COINS, outflowOf } from "./holding.ts";
import { stat } from "./kinds.ts";
import { type Panel, type Row, thresholds } from "./panel.ts";
import { EXPORTER, maxOf, NETWORK, WALLET } from "./scope.ts";

/** Three days in seconds: the alert of a slow outflow. */
const SOON = 259_200;

const NONE_IS_GOOD = { thresholds: thresholds(["green"], ["red", 1]) };

/** The numbers at the top. Each is without data, not 0, when nothing reports. */
export const HEADER_ROW: Row = {
  title: "Overview",
  collapsed: false,
  panels: [
    stat(
      {
        title: "Wallets watched",
        description: "Wallets that are watched and were checked at least once.",
        unit: "none",
        width: 3,
      },
      `count(${maxOf(WALLET, COINS.success)})`,
      { thresholds: thresholds(["text"]) },
    ),
    stat(
      {
        title: "Below minimum",
        description: "Wallets that hold less than their configured minimum, as far as their last good reading tells.",
        unit: "none",
        width: 3,
      },
      `sum(${maxOf(WALLET, COINS.below)})`,
      NONE_IS_GOOD,
    ),
    stat(
      {
        title: "Runway under 3 days",
        description: "Wallets that are empty within three days if they go on spending as in the chosen window.",
        unit: "none",
        width: 4,
      },
      `sum(${balanceOf(COINS)} < bool ${SOON} * (${outflowOf(COINS, "$window")}))`,
      NONE_IS_GOOD,
    ),
    stat(
      { title: "Checks failing", description: "Wallets whose last check failed.", unit: "none", width: 3 },
      `sum(${maxOf(WALLET, COINS.success)} == bool 0)`,
      NONE_IS_GOOD,
    ),
    stat(
      {
        title: "Networks unreachable",
        description: "Networks on which the last check of every wallet failed, whatever label is chosen.",
        unit: "none",
        width: 4,
      },
      `sum(${maxOf(NETWORK, COINS.success)} == bool 0)`,
      NONE_IS_GOOD,
    ),
    stat(
      {
        title: "Oldest balance",
        description:
          "How long ago the balance that is oldest was read. Wallets that were never read do not count here.",
        unit: "s",
        width: 4,
      },
      `max(${ageOf(COINS)})`,
      { decimals: 0, thresholds: thresholds(["green"], ["orange", 900], ["red", 3600]) },
    ),
    version(),
  ],
};

function version(): Panel {
  const head = {
    title: "Version",
    description: "The exporter's version; more than one while a new one is rolled out.",
    unit: "string",
    width: 3,
  };
  const expr = `count by (version) (${maxOf(EXPORTER, "wallet_balance_exporter_info", { by: "version" })})`;
  const panel = stat(head, expr, { thresholds: thresholds(["text"]) });
  return { ...panel, queries: [{ expr, legend: "{{version}}" }], options: { ...panel.options, textMode: "name" } };
}
