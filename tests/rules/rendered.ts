import { parse } from "yaml";
import { type Alerts, readAlerts } from "../../tools/rules/alert_facts.ts";
import { renderRules } from "../../tools/rules/render_rules.ts";
import type { RuleValues } from "../../tools/rules/rule_values.ts";

/** A recording rule or an alert. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated in order. */
export interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}

const root = new URL("../../", import.meta.url);

/** What is told of the alerts. */
export const ALERTS = readAlerts(read("chart/files/alerts.yaml"));

/** The rules of all releases, as they are by default, and as they are with other values. */
export const SETS = {
  default: {},
  oneRelease: { selector: 'namespace="ns",release="rel"' },
  slowChecks: { interval: 900 },
  shards: { shards: 3 },
  shardsOfReplicas: { shards: 2, replicas: 2, selector: 'namespace="ns",release="rel"' },
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

/**
 * Renders the rules with all alerts on.
 *
 * @param values what their markers stand for
 */
export function rendered(values: RuleValues): string {
  const all: Alerts = new Map([...ALERTS].map(([name, facts]) => [name, { ...facts, enabled: true }]));
  return renderRules(read("chart/files/rules.yaml"), all, values);
}

/**
 * Reads the groups of a rule file.
 *
 * @param text of the file
 */
export function groupsOf(text: string): readonly Group[] {
  const { groups }: { readonly groups: readonly Group[] } = parse(text);
  return groups;
}

/**
 * Reads the rules of all groups of a rule file.
 *
 * @param text of the file
 */
export function rulesOf(text: string): readonly Rule[] {
  return groupsOf(text).flatMap(({ rules }) => rules);
}

/** The families of `docs/metrics.md`, with their types. */
export function families(): ReadonlyMap<string, string> {
  const rows = read("docs/metrics.md").matchAll(/^\| `(\w+)` \| (\w+) \|/gm);
  return new Map([...rows].map(([, name = "", type = ""]) => [name, type]));
}

/**
 * Finds the names of series in an expression.
 *
 * @param expr in PromQL
 */
export function seriesIn(expr: string): readonly string[] {
  return [...expr.matchAll(/\b(?:wallet|process)[a-z0-9_:]*[_:][a-z0-9_:]+\b/g)].map(([name]) => name);
}
