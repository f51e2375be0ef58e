import * as v from "valibot";
import { parse } from "yaml";
import { RUNBOOKS } from "../src/page/links.ts";

const MONITORS = new URL("../chart/files/monitors.yaml", import.meta.url);

/** A monitor of `chart/files/monitors.yaml`. */
const monitor = v.strictObject({
  key: v.string(),
  runbook: v.string(),
  type: v.picklist(["metric alert", "query alert", "service check"]),
  priority: v.number(),
  /** Whether missing data is an alert. */
  noData: v.optional(v.literal(true)),
  name: v.string(),
  query: v.string(),
  message: v.string(),
});

/** Values of the placeholders for all releases: each is a group of its own. */
const ALL: Readonly<Record<string, string>> = {
  // As the chart has it: the documented pattern has a prefix, and all years begin with this one.
  scope: "!muted_until:2*",
  all: "*",
  wallet: "namespace,release,network,label,address",
  network: "namespace,release,network",
  minimum: ",min_balance_eth",
  of_minimum: " of {{min_balance_eth.name}}",
  exporter: "{{namespace.name}}/{{release.name}}",
  up: "max(last_10m):sum:wallet_balance.wallet_balance_exporter_up{*} by {namespace,release} < 1",
  health: '"*"',
  target: "at {{endpoint.name}}",
};

/**
 * Renders `deploy/datadog/monitors.json`: the chart's monitors for all releases, as the API takes them.
 *
 * @throws {RangeError} for a placeholder without a value
 */
export async function monitorsJson(): Promise<string> {
  const text = (await Deno.readTextFile(MONITORS)).replaceAll(/^#.*\n/gm, "")
    .replaceAll(/@(\w+)@/g, (marker, name: string) => {
      const { [name]: value } = ALL;
      if (value === undefined) throw new RangeError(`The placeholder ${marker} has no value`);
      return value;
    });
  const monitors = v.parse(v.array(monitor), parse(text)).map(({ runbook, type, priority, noData, ...texts }) => ({
    name: texts.name,
    type,
    query: texts.query,
    message: `${texts.message}\nRunbook: ${RUNBOOKS}${runbook}.md`,
    priority,
    tags: ["service:wallet-balance-exporter"],
    options: {
      include_tags: true,
      notify_no_data: noData === true,
      ...noData === true ? { no_data_timeframe: 20 } : {},
      ...type === "service check" ? { thresholds: { ok: 1, warning: 1, critical: 3 } } : {},
    },
  }));
  return `${JSON.stringify(monitors, null, 2)}\n`;
}
