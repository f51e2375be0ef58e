import { assertAnswers, type Labels, RELEASE, scraped } from "./promtool_values.ts";

const PREFIX = "wallet_balance_exporter";
const NETWORK: Labels = { ...RELEASE, network: "mainnet" };

Deno.test("exporter panels show the worst shard or replica", () =>
  assertAnswers([
    scraped(`${PREFIX}_last_check_timestamp`, RELEASE, "a", "1100x60"),
    scraped(`${PREFIX}_last_check_timestamp`, RELEASE, "b", "200x60"),
    scraped(`${PREFIX}_check_interval_seconds`, RELEASE, "a", "300x60"),
    scraped(`${PREFIX}_check_interval_seconds`, RELEASE, "b", "300x60"),
    scraped(`${PREFIX}_check_duration_seconds`, NETWORK, "a", "3x60"),
    scraped(`${PREFIX}_check_duration_seconds`, NETWORK, "b", "4x60"),
    scraped(`${PREFIX}_config_last_reload_successful`, RELEASE, "a", "1x60"),
    scraped(`${PREFIX}_config_last_reload_successful`, RELEASE, "b", "0x60"),
    scraped(`${PREFIX}_up`, RELEASE, "a", "1x60"),
    scraped(`${PREFIX}_up`, RELEASE, "b", "1x60"),
  ], [
    { query: "Time since the last poll/A", at: "20m", answer: [[RELEASE, 1000]] },
    { query: "Time since the last poll/B", at: "20m", answer: [[RELEASE, 900]] },
    { query: "Poll duration/A", at: "20m", answer: [[NETWORK, 4]] },
    { query: "Poll duration/B", at: "20m", answer: [[RELEASE, 300]] },
    { query: "Configuration/A", at: "20m", answer: [[RELEASE, 0]] },
    { query: "Processes/A", at: "20m", answer: [[RELEASE, 2]] },
  ]));

Deno.test("process panels ignore other programs", () => {
  const node: Labels = { job: "node", instance: "node:9100" };
  return assertAnswers([
    scraped(`${PREFIX}_up`, RELEASE, "a", "1x400"),
    scraped(`${PREFIX}_up`, RELEASE, "b", "_x200 1x200"),
    // The container restarts in minute 100, and another pod starts in minute 200.
    scraped("process_start_time_seconds", RELEASE, "a", "60x99 6000x300"),
    scraped("process_start_time_seconds", RELEASE, "b", "_x200 12000x200"),
    scraped("process_resident_memory_bytes", RELEASE, "a", "1000x400"),
    scraped("process_resident_memory_bytes", RELEASE, "b", "_x200 1200x200"),
    scraped("process_cpu_seconds_total", RELEASE, "a", "0+6x400"),
    { metric: "process_start_time_seconds", labels: node, values: "0x99 1x99 2x200" },
    { metric: "process_resident_memory_bytes", labels: node, values: "9000x400" },
    { metric: "process_cpu_seconds_total", labels: node, values: "0+60x400" },
  ], [
    { query: "Memory/A", at: "1h", answer: [[RELEASE, 1000]] },
    { query: "Memory/A", at: "4h", answer: [[RELEASE, 1200]] },
    { query: "CPU/A", at: "1h", answer: [[RELEASE, 0.1]] },
    { query: "Uptime/A", at: "4h", answer: [[RELEASE, 2400]] },
    { query: "Process starts/A", at: "5h", answer: [[{}, 2]] },
  ]);
});

Deno.test("annotations show alerts of the selection, and new versions", () => {
  const alert: Labels = { ...RELEASE, alertstate: "firing", severity: "warning" };
  const below: Labels = { ...alert, network: "mainnet", label: "batcher", address: "0xbatcher" };
  const shown = ({ alertstate: _, ...labels }: Labels, alertname: string): Labels => ({ ...labels, alertname });
  return assertAnswers([
    { metric: "ALERTS", labels: { ...below, alertname: "WalletBalanceStale", alertstate: "pending" }, values: "1x400" },
    { metric: "ALERTS", labels: { ...below, alertname: "WalletBalanceBelowMinimum" }, values: "1x400" },
    { metric: "ALERTS", labels: { ...alert, alertname: "WalletBalanceExporterDown" }, values: "1x400" },
    { metric: "ALERTS", labels: { ...alert, alertname: "NodeDown" }, values: "1x400" },
    scraped(`${PREFIX}_info`, { ...RELEASE, version: "1" }, "a", "1x100 stale"),
    scraped(`${PREFIX}_info`, { ...RELEASE, version: "2" }, "b", "_x100 1x300"),
  ], [
    {
      query: "Firing alerts",
      at: "1h",
      answer: [[shown(below, "WalletBalanceBelowMinimum"), 1], [shown(alert, "WalletBalanceExporterDown"), 1]],
    },
    {
      query: "Firing alerts",
      at: "1h",
      values: { network: "another" },
      answer: [[shown(alert, "WalletBalanceExporterDown"), 1]],
    },
    { query: "Rollouts", at: "99m", values: { __interval: "1m" }, answer: [] },
    { query: "Rollouts", at: "100m", values: { __interval: "1m" }, answer: [[{ ...RELEASE, version: "2" }, 1]] },
    { query: "Rollouts", at: "101m", values: { __interval: "1m" }, answer: [] },
  ]);
});
