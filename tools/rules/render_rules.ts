import type { Alerts } from "./alert_facts.ts";
import { markersOf, type RuleValues } from "./rule_values.ts";

/** Where an alert begins, in its paragraph. */
const ALERT = /^ +- alert: (\w+)$/m;
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
  const tidy = markers.get("selector") === "" ? rules.replaceAll(/{@selector@}|,@selector@/g, "") : rules;
  const paragraphs = tidy.split("\n\n").map((paragraph) => {
    const [, alert] = ALERT.exec(paragraph) ?? [];
    const { enabled = true, threshold } = alerts.get(alert ?? "") ?? {};
    const text = (paragraph + runbookOf(alert, values)).replaceAll(/@([a-z_]+)@/g, (marker, name: string) => {
      const value = name === "threshold" ? threshold?.toString() : markers.get(name);
      if (value === undefined) throw new RangeError(`The marker "${marker}" has no value in ${alert ?? "a rule"}`);
      return value;
    });
    return enabled ? text : text.replaceAll(INDENTATION, "      # ");
  });
  return `${paragraphs.join("\n\n")}\n`;
}

function runbookOf(alert: string | undefined, { runbookUrl }: RuleValues): string {
  return alert === undefined || runbookUrl === undefined
    ? ""
    : `\n          runbook_url: ${runbookUrl.replace("%s", alert)}`;
}
