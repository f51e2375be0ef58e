import { dashed, graph, type Row, stat, thresholds, timeline } from "./panels.ts";
import { EXPORTER, maxOf, minOf, NETWORK, select, type Selection } from "./scope.ts";

const PREFIX = "wallet_balance_exporter";
const INTERVAL = maxOf(EXPORTER, `${PREFIX}_check_interval_seconds`);
const LEGEND = "{{release}} ({{namespace}})";

/** The exporter itself: polls, configuration and process. */
export const EXPORTER_ROW: Row = {
  title: "Exporter",
  collapsed: false,
  panels: [
    graph(
      {
        title: "Poll duration",
        description: "Duration of the last poll of each network. Dashed: the check interval.",
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
        title: "Time since the last poll",
        description:
          "Time since all networks were polled, of the slowest process. Dashed: three check intervals, after which polling " +
          "has stalled.",
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
        description:
          "Whether the configuration and its wallet lists were loaded successfully the last time, by every process.",
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
          title: "Rejected entries",
          description: "Invalid configuration entries, which are not monitored.",
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
          title: "Process starts",
          description: "Process starts in the selected time range, including rollouts.",
          unit: "none",
          width: 6,
        },
        // As decreases of the negated time: VictoriaMetrics counts the first sample as a change.
        `sum(resets((0 - max by (${EXPORTER.labels}) (${own("process_start_time_seconds")}))[$__range:1m]))`,
        { thresholds: thresholds(["green"], ["orange", 1]) },
      ),
      height: 8,
    },
    graph(
      {
        title: "Uptime",
        description: "Time since the last start of a process of the release.",
        unit: "s",
        width: 6,
      },
      [{ expr: `time() - max by (${EXPORTER.labels}) (${own("process_start_time_seconds")})`, legend: LEGEND }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Processes",
        description: "Reporting processes: one per shard. More than that duplicate the RPC requests.",
        unit: "none",
        width: 6,
      },
      [{ expr: `count by (${EXPORTER.labels}) (${select(EXPORTER, `${PREFIX}_up`)})`, legend: LEGEND }],
      { defaults: { min: 0, decimals: 0 } },
    ),
    graph(
      {
        title: "Memory",
        description: "Resident memory of the largest process of the release.",
        unit: "bytes",
        width: 6,
      },
      [{ expr: `max by (${EXPORTER.labels}) (${own("process_resident_memory_bytes")})`, legend: LEGEND }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "CPU",
        description: "CPU usage of the busiest process of the release, 100 % is one core.",
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

/** Selects `process_*` metrics of exporters only, since other programs have them, too. */
function own(metric: string, through?: "rate", selection: Selection = {}): string {
  const selector = select(EXPORTER, metric, selection);
  const values = through === undefined ? selector : `${through}(${selector})`;
  return `${values} and on (${EXPORTER.labels}, job, instance) ${select(EXPORTER, `${PREFIX}_up`)}`;
}
