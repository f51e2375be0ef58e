import { parse } from "yaml";
import { type Alerts, renderRules, type RuleValues } from "../../src/rules/render_rules.ts";
import { readAlerts } from "../../tools/rules/read_alerts.ts";

/** A recording rule or an alert. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A group of rules, evaluated in order. */
export interface Group {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

const root = new URL("../../", import.meta.url);

/** Defaults of the alerts. */
export const ALERTS = readAlerts(read("chart/files/alerts.yaml"));

/** Sets of values that the rules are tested with. */
export const SETS = {
  default: {},
  oneRelease: { selector: 'namespace="ns",release="rel"' },
  slowChecks: { interval: 900 },
  shards: { shards: 3 },
  shardsOfReplicas: { shards: 2, replicas: 2, selector: 'namespace="ns",release="rel"' },
  teams: { walletLabels: ["network", "label", "address", "team"] },
  swept: { sweptLabel: "swept-.*|sweeper" },
  otherLabels: {
    exporterLabels: ["cluster", "region", "namespace", "release"],
    walletLabels: ["network", "label", "address", "team"],
    interval: 3000,
    replicas: 2,
    idleLabel: "proposer|sequencer",
    runbookUrl: "https://example.org/%s",
  },
} as const satisfies Readonly<Record<string, RuleValues>>;

/** Reads a file of the repository. */
export function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}

/** Every file below `src/`, as one text. */
export function sources(folder = "src"): string {
  return [...Deno.readDirSync(new URL(folder, root))]
    .map(({ name, isDirectory }) => isDirectory ? sources(`${folder}/${name}`) : read(`${folder}/${name}`))
    .join("\n");
}

/** Renders the rules with all alerts enabled. */
export function rendered(values: RuleValues): string {
  const all: Alerts = new Map([...ALERTS].map(([name, defaults]) => [name, { ...defaults, enabled: true }]));
  return renderRules(read("chart/files/rules.yaml"), all, values);
}

/** Parses the groups of a rule file. */
export function groupsOf(text: string): readonly Group[] {
  const { groups }: { readonly groups: readonly Group[] } = parse(text);
  return groups;
}

/** Names of the groups of a rule file, in order: promtool evaluates them in a random one unless it is told. */
export function groupOrder(text: string): readonly string[] {
  return groupsOf(text).map(({ name }) => name);
}

/** Parses the rules of all groups of a rule file. */
export function rulesOf(text: string): readonly Rule[] {
  return groupsOf(text).flatMap(({ rules }) => rules);
}

/** Metric types by name, from `docs/metrics.md`. */
export function families(): ReadonlyMap<string, string> {
  const rows = read("docs/metrics.md").matchAll(/^\| `(\w+)` \| (\w+) \|/gm);
  return new Map([...rows].map(([, name = "", type = ""]) => [name, type]));
}

/** Names of the series in a PromQL expression. */
export function seriesIn(expr: string): readonly string[] {
  return [...expr.matchAll(/\b(?:wallet|process)[a-z0-9_:]*[_:][a-z0-9_:]+\b/g)].map(([name]) => name);
}

/** The families that the rules for all releases use, also in their texts: all that has to be scraped for them. */
export function familiesOfRules(): readonly string[] {
  const known = families();
  const rules = rulesOf(read("deploy/prometheus/rules.yaml"));
  const used = new Set(rules.flatMap((rule) => seriesIn(JSON.stringify(rule))));
  return [...used].filter((name) => known.has(name) || name.startsWith("process_")).toSorted();
}
