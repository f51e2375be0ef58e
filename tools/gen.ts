import { alertTexts } from "./gen_alert_texts.ts";
import { chainTable } from "./gen_chains.ts";
import { chartDefaults, chartManifest } from "./gen_chart.ts";
import { dashboardJson } from "./gen_dashboard.ts";
import { flagsPage } from "./gen_flags.ts";
import { metricsPage } from "./gen_metrics.ts";
import { monitorsJson } from "./gen_monitors.ts";
import { rulesFile, rulesJson } from "./gen_rules.ts";
import { configSchema, statusSchema } from "./gen_schema.ts";
import { versionModule } from "./gen_version.ts";

/** Generated files by path from the root, with the function that makes their text. */
export const GENERATED: ReadonlyMap<string, () => string | Promise<string>> = new Map<
  string,
  () => string | Promise<string>
>([
  ["src/version.ts", versionModule],
  ["src/evm/chains/chains.json", chainTable],
  ["chart/Chart.yaml", chartManifest],
  ["chart/files/defaults.json", chartDefaults],
  ["docs/config.schema.json", configSchema],
  ["docs/status.schema.json", statusSchema],
  ["docs/flags.md", flagsPage],
  ["docs/metrics.md", metricsPage],
  ["chart/files/dashboard.json", dashboardJson],
  ["deploy/grafana/dashboard.json", dashboardJson],
  ["src/rules/rules.json", rulesJson],
  ["deploy/prometheus/rules.yaml", rulesFile],
  ["deploy/datadog/monitors.json", monitorsJson],
  ["src/alertmanager/alert_texts.json", alertTexts],
]);

if (import.meta.main) {
  for (const [path, make] of GENERATED) {
    await Deno.writeTextFile(new URL(`../${path}`, import.meta.url), await make());
  }
}
