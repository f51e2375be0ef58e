import type { Alerts } from "./alert_facts.ts";
import { markersOf, type RuleValues } from "./rule_values.ts";

/** Where an alert begins, in its paragraph. */
const ALERT = /^ +- alert: (\w+)$/m;
/** What is replaced: `@name@`, or `@threshold:ALERT@`. */
const MARKER = /@([a-z_]+)(?::(\w+))?@/g;
/** The least indentation of a rule: that of its dash, and so that of its comment. */
const INDENTATION = /^ {6}/gm;

/**
 * Makes rules of Prometheus from their source: replaces its markers as text, so
 * that comments and layout stay, and leaves out what it says at its head.
 *
 * @param source of `chart/files/rules.yaml`
 * @param alerts how each alert is: one that is off becomes a comment
 * @param values see {@linkcode RuleValues}
 * @throws {RangeError} when a marker has no value
 */
export function renderRules(source: string, alerts: Alerts, values: RuleValues): string {
  const markers = markersOf(values);
  const rules = source.slice(source.indexOf("groups:")).trimEnd();
  const thresholdOf = (alert: string | undefined): string | undefined => alerts.get(alert ?? "")?.threshold?.toString();
  const tidy = ["not_swept", "selector"].reduce((text, name) => withoutEmpty(text, name, markers), rules);
  const paragraphs = tidy.split("\n\n").map((paragraph) => {
    const [, alert] = ALERT.exec(paragraph) ?? [];
    const { enabled = true } = alerts.get(alert ?? "") ?? {};
    const text = (paragraph + runbookOf(alert, values)).replaceAll(MARKER, (marker, name: string, of?: string) => {
      const value = name === "threshold" ? thresholdOf(of ?? alert) : markers.get(name);
      if (value === undefined) throw new RangeError(`The marker "${marker}" has no value in ${alert ?? "a rule"}`);
      return value;
    });
    return enabled ? text : text.replaceAll(INDENTATION, "      # ");
  });
  return `${paragraphs.join("\n\n")}\n`;
}

/** Takes a marker of matchers out where it stands for none, with what would be left empty around it. */
function withoutEmpty(text: string, name: string, markers: ReadonlyMap<string, string>): string {
  return markers.get(name) === "" ? text.replaceAll(new RegExp(`{@${name}@}|,?@${name}@`, "g"), "") : text;
}

function runbookOf(alert: string | undefined, { runbookUrl }: RuleValues): string {
  return alert === undefined || runbookUrl === undefined
    ? ""
    : `\n          runbook_url: ${runbookUrl.replace("%s", alert)}`;
}
