import process from "node:process";
import { REVISION, VERSION } from "../../version.ts";
import { type Family, type MetricType, sampleOf } from "../model/family.ts";
import type { ListStatus, Snapshot } from "../model/snapshot.ts";

/** The families of the exporter itself: its version, its configuration and its lists of wallets. */
export const EXPORTER_FAMILIES: readonly Family[] = [
  {
    ...gauge("wallet_balance_exporter_up", "Always 1 while the exporter runs.", () => 1),
    samples: ({ shard }) => [{ labels: shard === undefined ? [] : [["shard", String(shard)]], value: 1 }],
  },
  gauge(
    "wallet_balance_exporter_last_check_timestamp",
    "End of the last poll of the network furthest behind, in seconds since the Unix epoch.",
    ({ lastCheck }) => lastCheck,
  ),
  {
    name: "wallet_balance_exporter_info",
    type: "info",
    help: "The exporter's version.",
    labels: ["version"],
    samples: () => [{ labels: [["version", VERSION]], value: 1 }],
  },
  {
    name: "wallet_balance_exporter_build_info",
    type: "gauge",
    help: "Version, revision and Deno version of the build; always 1.",
    labels: ["version", "revision", "deno"],
    samples: () => [
      { labels: [["version", VERSION], ["revision", REVISION], ["deno", Deno.version.deno]], value: 1 },
    ],
  },
  gauge(
    "wallet_balance_exporter_check_interval_seconds",
    "Configured time between polls.",
    ({ exporter }) => exporter.interval,
  ),
  gauge(
    "wallet_balance_exporter_config_rejected_entries",
    "Configuration entries that were rejected: their wallets are not read.",
    ({ exporter }) => exporter.rejectedEntries,
  ),
  gauge(
    "wallet_balance_exporter_config_last_reload_successful",
    "1 when the last load of the configuration succeeded, else 0.",
    ({ exporter }) => exporter.hasFailedReload ? 0 : 1,
  ),
  gauge(
    "wallet_balance_exporter_config_last_reload_success_timestamp_seconds",
    "When the configuration in use was loaded, in seconds since the Unix epoch.",
    ({ exporter }) => exporter.configLoadedAt,
  ),
  listGauge(
    "wallet_balance_exporter_wallet_list_last_refresh_successful",
    "1 when the wallet list was last fetched or read successfully, else 0.",
    (lists) => lists.every(({ successful }) => successful) ? 1 : 0,
  ),
  listGauge(
    "wallet_balance_exporter_wallet_list_last_refresh_success_timestamp_seconds",
    "When the wallet list was last fetched or read successfully, in seconds since the Unix epoch.",
    (lists) => Math.min(...lists.map(({ goodAt = NaN }) => goodAt)),
  ),
];

/** The standard process families that need no further permission: the number of open files would. */
export const PROCESS_FAMILIES: readonly Family[] = [
  live("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }, "counter"),
  live("process_resident_memory_bytes", "Resident memory size in bytes.", () => Deno.memoryUsage().rss),
  live(
    "process_start_time_seconds",
    "Start time of the process since the Unix epoch in seconds.",
    () => performance.timeOrigin / 1000,
  ),
];

/** A gauge without labels of its own. */
function gauge(name: string, help: string, read: (snapshot: Snapshot) => number | undefined): Family {
  return {
    name,
    type: "gauge",
    help,
    labels: [],
    samples: (snapshot) => sampleOf([], read(snapshot)),
  };
}

/** A family of one number that is read at each scrape. */
function live(name: string, help: string, read: () => number, type: MetricType = "gauge"): Family {
  return { ...gauge(name, help, read), type, isLive: true };
}

/** A gauge of wallet lists. Lists of one name count as the worst of them. */
function listGauge(name: string, help: string, read: (lists: readonly ListStatus[]) => number): Family {
  return {
    name,
    type: "gauge",
    help,
    labels: ["network", "list"],
    samples({ exporter: { lists } }) {
      const byName = Map.groupBy(lists, ({ network, list }) => JSON.stringify([network, list]));
      return [...byName.values()].flatMap((same) => {
        const [{ network, list } = { network: "", list: "" }] = same;
        return sampleOf([["network", network], ["list", list]], read(same));
      });
    },
  };
}
