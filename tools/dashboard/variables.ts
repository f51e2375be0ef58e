import { DATASOURCE, type JsonObject } from "./panels.ts";

/** A variable with the values of a label. */
interface LabelVariable {
  readonly name: string;
  readonly label: string;
  readonly metric: string;
  /** Variables that filter its values. */
  readonly within: readonly string[];
}

const UP = "wallet_balance_exporter_up";
const CHECKED = "wallet_balance_check_success";

/** Finds an address on many chains, and links to their explorers. */
const EXPLORER = "https://blockscan.com/address/";

const LABELS: readonly LabelVariable[] = [
  { name: "job", label: "Job", metric: UP, within: [] },
  { name: "cluster", label: "Cluster", metric: UP, within: ["job"] },
  { name: "namespace", label: "Namespace", metric: UP, within: ["job", "cluster"] },
  { name: "release", label: "Release", metric: UP, within: ["job", "cluster", "namespace"] },
  { name: "network", label: "Network", metric: CHECKED, within: ["job", "cluster", "namespace", "release"] },
  { name: "label", label: "Wallet", metric: CHECKED, within: ["job", "cluster", "namespace", "release", "network"] },
];

/** The dashboard's variables. */
export const VARIABLES: readonly JsonObject[] = [
  {
    current: { selected: false, text: "default", value: "default" },
    hide: 0,
    includeAll: false,
    label: "Data source",
    multi: false,
    name: "datasource",
    options: [],
    query: "prometheus",
    refresh: 1,
    regex: "",
    skipUrlSync: false,
    type: "datasource",
  },
  ...LABELS.map(labelVariable),
  choice("window", "Outflow window", [["1 hour", "1h"], ["6 hours", "6h"], ["1 day", "1d"], ["7 days", "7d"]], 1),
  choice("scale", "Scale", [["linear", "0"], ["logarithmic", "1"]], 0),
  {
    current: { selected: false, text: EXPLORER, value: EXPLORER },
    description: "URL of a block explorer's address page, without the address.",
    hide: 0,
    label: "Explorer",
    name: "explorer",
    options: [{ selected: true, text: EXPLORER, value: EXPLORER }],
    query: EXPLORER,
    skipUrlSync: false,
    type: "textbox",
  },
];

/** Refreshed when the time range changes, so that removed values are not offered. */
function labelVariable({ name, label, metric, within }: LabelVariable): JsonObject {
  const matchers = within.map((other) => `${other}=~"$${other}"`).join(", ");
  const query = `label_values(${metric}${matchers === "" ? "" : `{${matchers}}`}, ${name})`;
  return {
    // Includes series without the label, such as cluster; every scraped series has a job.
    allValue: name === "job" ? ".+" : ".*",
    current: { selected: true, text: ["All"], value: ["$__all"] },
    datasource: DATASOURCE,
    definition: query,
    hide: 0,
    includeAll: true,
    label,
    multi: true,
    name,
    options: [],
    query: { qryType: 1, query, refId: "PrometheusVariableQueryEditor-VariableQuery" },
    refresh: 2,
    regex: "",
    skipUrlSync: false,
    sort: 1,
    type: "query",
  };
}

function choice(
  name: string,
  label: string,
  values: readonly (readonly [text: string, value: string])[],
  chosen: number,
): JsonObject {
  const options = values.map(([text, value], index) => ({ selected: index === chosen, text, value }));
  return {
    current: options[chosen] ?? {},
    hide: 0,
    includeAll: false,
    label,
    multi: false,
    name,
    options,
    query: values.map(([text, value]) => `${text} : ${value}`).join(","),
    skipUrlSync: false,
    type: "custom",
  };
}
