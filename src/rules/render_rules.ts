import { prometheusDuration, ruleTimes } from "./rule_times.ts";
import { TEMPLATES } from "./templates.ts";

/** Defaults of an alert. */
export interface AlertDefaults {
  readonly enabled: boolean;
  /** Replaces `@threshold@`; undefined for alerts without a threshold. */
  readonly threshold?: number | undefined;
}

/** Defaults by alert name, in the order of the rules. */
export type Alerts = ReadonlyMap<string, AlertDefaults>;

/** Values of the placeholders in `chart/files/rules.yaml`. */
export interface RuleValues {
  /** Check interval in seconds. @default {300} */
  readonly interval?: number;
  /** Matchers of every selector, such as `namespace="n",release="r"`. @default none: all releases */
  readonly selector?: string;
  /** Labels that identify an exporter. @default cluster, namespace and release */
  readonly exporterLabels?: readonly string[];
  /** Labels that identify a wallet of an exporter, including `network`. @default network, label and address */
  readonly walletLabels?: readonly string[];
  /** @default {1} */
  readonly shards?: number;
  /** Processes per shard. @default {1} */
  readonly replicas?: number;
  /** Regular expression of labels of wallets that always spend. @default {"batcher.*"} */
  readonly idleLabel?: string;
  /** Regular expression of labels of wallets that are swept on purpose. @default none */
  readonly sweptLabel?: string;
  /** Runbook URL; `%s` is replaced by the alert's name. @default none */
  readonly runbookUrl?: string;
}

/** Labels of the rules, of their alerts, and of targets: a wallet's label of that name would be lost or break them. */
export const TAKEN_LABELS: ReadonlySet<string> = new Set(
  "alertgroup alertname alertstate cluster container endpoint node pod prometheus prometheus_replica replica service severity shard"
    .split(" "),
);
/** Words of PromQL that a list of labels cannot contain: `by (team, inf)` is an error. */
const WORDS = /^(inf|nan|without)$/i;

/** Returns whether rules can identify wallets by a label. */
export function isUsableInRules(label: string): boolean {
  return !TAKEN_LABELS.has(label) && !WORDS.test(label);
}

/** An alert's name in its paragraph. */
const ALERT = /^ +- alert: (\w+)$/m;
/** `@name@`, or `@threshold:ALERT@`. */
const PLACEHOLDER = /@([a-z_]+)(?::(\w+))?@/g;
/** Indentation of a rule. */
const INDENTATION = /^ {6}/gm;

/**
 * Renders Prometheus rules. Placeholders are replaced as text, which keeps comments and layout; disabled alerts become
 * comments.
 *
 * @param source text of `chart/files/rules.yaml`
 * @throws {RangeError} for a placeholder without a value
 */
export function renderRules(source: string, alerts: Alerts, values: RuleValues): string {
  const placeholders = placeholdersOf(values);
  const rules = source.slice(source.indexOf("groups:")).trimEnd();
  const thresholdOf = (alert = ""): string | undefined => alerts.get(alert)?.threshold?.toString();
  const tidy = ["not_swept", "selector"]
    .filter((name) => placeholders.get(name) === "")
    .reduce(removeMatcher, rules);
  const paragraphs = tidy.split("\n\n").map((paragraph) => {
    const [, alert] = ALERT.exec(paragraph) ?? [];
    const { enabled = true } = alerts.get(alert ?? "") ?? {};
    const text = (paragraph + runbookOf(alert, values)).replaceAll(PLACEHOLDER, (marker, name: string, of?: string) => {
      const value = name === "threshold" ? thresholdOf(of ?? alert) : placeholders.get(name);
      if (value === undefined) throw new RangeError(`The placeholder "${marker}" has no value in ${alert ?? "a rule"}`);
      return value.replaceAll("@threshold@", thresholdOf(alert) ?? "");
    });
    return enabled ? text : text.replaceAll(INDENTATION, "      # ");
  });
  return `${paragraphs.join("\n\n")}\n`;
}

/** Removes a placeholder of matchers, with the braces or comma that would be left over. */
function removeMatcher(text: string, name: string): string {
  return text.replaceAll(new RegExp(`{@${name}@}|,?@${name}@`, "g"), "");
}

function runbookOf(alert: string | undefined, { runbookUrl }: RuleValues): string {
  return alert === undefined || runbookUrl === undefined
    ? ""
    : `\n          runbook_url: ${runbookUrl.replace("%s", alert)}`;
}

/** Values by placeholder, except the thresholds. */
export function placeholdersOf(values: RuleValues): ReadonlyMap<string, string> {
  const { interval = 300, selector = "", shards = 1, replicas = 1, idleLabel = "batcher.*", sweptLabel = "" } = values;
  const { exporterLabels = ["cluster", "namespace", "release"] } = values;
  const { walletLabels = ["network", "label", "address"] } = values;
  const { step, ...ranges } = ruleTimes(interval);
  return new Map([
    ["exporter", exporterLabels.join(", ")],
    ["network", [...exporterLabels, "network"].join(", ")],
    ["identity", [...new Set([...exporterLabels, ...walletLabels])].join(", ")],
    ["selector", selector],
    ["interval", String(interval)],
    ["shards", String(shards)],
    ["processes", String(shards * replicas)],
    ["step", prometheusDuration(step)],
    ["step_seconds", String(step)],
    ["hour_seconds", String(ranges.hour)],
    ...Object.entries(ranges).map(([name, seconds]) => [name, prometheusDuration(seconds)] as const),
    ["idle_label", idleLabel],
    ["gap", "15m"],
    // Without the wallet's label: an address with another label is still monitored.
    [
      "account",
      [...exporterLabels, ...walletLabels.includes("address") ? ["network", "address"] : walletLabels].join(", "),
    ],
    ["not_swept", sweptLabel === "" ? "" : `label!~"${sweptLabel}",`],
    ...TEMPLATES,
  ]);
}
