import { readAlerts } from "./rules/alert_facts.ts";
import { renderRules } from "./rules/render_rules.ts";

const FILES = new URL("../chart/files/", import.meta.url);
const RUNBOOKS = "https://github.com/agglayer/wallet-balance-exporter/blob/main/docs/runbooks/%s.md";

const HEAD = `# Recording rules and alerts of wallet-balance-exporter, for all releases that one Prometheus scrapes.
#
# Made from the chart's rules by \`deno task gen\`; do not edit here, but copy it and adapt the copy. The chart makes the
# same rules for its own release: do not load both.
#
#   rule_files: [wallet-balance-exporter.yaml]      # in prometheus.yml; then: promtool check rules, and reload
#
# It needs Prometheus 2.42, for keep_firing_for; without those lines 2.29 will do. Look at these before you use it:
#
# - It is made for a check every five minutes, or more often. With longer intervals 15m and 30m must be three of them at
#   least. From an hour on make 5m as long as the interval, 300 the same in seconds, and 1h, 70m, 6h and 370m longer by as
#   much. The 300 before "max by" stands in for the interval of exporters that do not tell theirs.
# - Stale, Stalled and CheckSlow allow each network its own interval, as the exporter reports it; exporters that report one
#   interval for all are measured by that.
# - With shards put their number in place of the 1 in ExporterDown, and that of all processes in ExporterDuplicate.
# - Wallets that are emptied on purpose: add label!~"…" with their labels to the selectors of the alerts Emptied.
# - As long as another one reports nobody can know of an exporter that never did. ExporterDown fires for each that has
#   reported within the last day, and when none is left. If one is taken away on purpose, silence it for that day.
# - To route alerts by labels of your own, such as team, add them to all lists with \`address\`.
# - The two alerts that are comments are not for everybody. docs/runbooks tells what each of them means.
`;

/** Writes `deploy/prometheus/rules.yaml`: the chart's rules with no release filled in. */
export async function rulesFile(): Promise<string> {
  const [source, alerts] = await Promise.all(
    ["rules.yaml", "alerts.yaml"].map((name) => Deno.readTextFile(new URL(name, FILES))),
  );
  return HEAD + renderRules(source ?? "", readAlerts(alerts ?? ""), { runbookUrl: RUNBOOKS });
}
