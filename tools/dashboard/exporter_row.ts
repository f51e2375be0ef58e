import { dashed, graph, stat, timeline } from "./kinds.ts";
import { type Row, thresholds } from "./panel.ts";
import { EXPORTER, maxOf, minOf, NETWORK, select, type Selection } from "./scope.ts";

const PREFIX = "wallet_balance_exporter";
const INTERVAL = maxOf(EXPORTER, `${PREFIX}_check_interval_seconds`);
const LEGEND = "{{release}} ({{namespace}})";

/** The exporter itself. */
export const EXPORTER_ROW: Row = {
  title: "Exporter",
  collapsed: false,
  panels: [
    graph(
      {
        title: "Duration of a check",
        description: "How long the last check of each network took, and dashed the interval it has to fit into.",
        unit: "s",
        width: 12,
      },
      [
        { expr: maxOf(NETWORK, `${PREFIX}_check_duration_seconds`), legend: "{{network}}" },
        { expr: INTERVAL, legend: `interval of ${LEGEND}` },
      ],
      { defaults: { min: 0 }, overrides: [dashed("B", "orange")] },
    ),
    graph(
      {
        title: "Time since the last check",
        description:
          "How long ago the process that is behind had ended a check of every network; dashed three intervals, " +
          "after which it has stalled.",
        unit: "s",
        width: 12,
      },
      [
        { expr: `time() - ${minOf(EXPORTER, `${PREFIX}_last_check_timestamp`)}`, legend: LEGEND },
        { expr: `3 * ${INTERVAL}`, legend: `three intervals of ${LEGEND}` },
      ],
      { defaults: { min: 0 }, overrides: [dashed("B", "red")] },
    ),
    timeline(
      {
        title: "Configuration",
        description: "Whether the configuration, and the lists of wallets it names, could be loaded the last time. " +
          "One process that failed counts.",
        unit: "none",
        width: 12,
      },
      [
        { expr: minOf(EXPORTER, `${PREFIX}_config_last_reload_successful`), legend: `configuration of ${LEGEND}` },
        {
          expr: minOf(NETWORK, `${PREFIX}_wallet_list_last_refresh_successful`, { by: "list" }),
          legend: "{{list}} ({{network}})",
        },
      ],
      [["failed", "red"], ["loaded", "green"]],
    ),
    {
      ...stat(
        {
          title: "Entries set aside",
          description: "Entries of the configuration that cannot be watched as written.",
          unit: "none",
          width: 6,
        },
        `sum(${maxOf(EXPORTER, `${PREFIX}_config_rejected_entries`)})`,
        { thresholds: thresholds(["green"], ["orange", 1]) },
      ),
      height: 8,
    },
    {
      ...stat(
        {
          title: "Starts",
          description: "Starts of a process in the time that is shown, rollouts too.",
          unit: "none",
          width: 6,
        },
        `sum(changes((max by (${EXPORTER.labels}) (${own("process_start_time_seconds")}))[$__range:1m]))`,
        { thresholds: thresholds(["green"], ["orange", 1]) },
      ),
      height: 8,
    },
    graph(
      {
        title: "Running for",
        description: "How long the youngest process of a release has run: it falls to 0 with each start.",
        unit: "s",
        width: 6,
      },
      [{ expr: `time() - max by (${EXPORTER.labels}) (${own("process_start_time_seconds")})`, legend: LEGEND }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Processes",
        description: "Processes that report: one, or one for each shard. More than that send the same requests again.",
        unit: "none",
        width: 6,
      },
      [{ expr: `count by (${EXPORTER.labels}) (${select(EXPORTER, `${PREFIX}_up`)})`, legend: LEGEND }],
      { defaults: { min: 0, decimals: 0 } },
    ),
    graph(
      {
        title: "Memory",
        description: "Resident memory of the greatest process of a release.",
        unit: "bytes",
        width: 6,
      },
      [{ expr: `max by (${EXPORTER.labels}) (${own("process_resident_memory_bytes")})`, legend: LEGEND }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "CPU",
        description: "Share of one core that the busiest process of a release uses.",
        unit: "percentunit",
        width: 6,
      },
      [{
        expr: `max by (${EXPORTER.labels}) (${
          own("process_cpu_seconds_total", "rate", { range: "$__rate_interval" })
        })`,
        legend: LEGEND,
      }],
      { defaults: { min: 0 } },
    ),
  ],
};

/** Every program has these families; only where an exporter answers as well, they are its own. */
function own(metric: string, through?: "rate", selection: Selection = {}): string {
  const selector = select(EXPORTER, metric, selection);
  const values = through === undefined ? selector : `${through}(${selector})`;
  return `${values} and on (${EXPORTER.labels}, job, instance) ${select(EXPORTER, `${PREFIX}_up`)}`;
}
