import * as v from "valibot";
import { parse } from "yaml";
import { POSTED, TEXT_PLACEHOLDERS } from "../src/alertmanager/posted_alerts.ts";
import { parseTemplate } from "../src/alertmanager/template.ts";
import { readAlerts } from "./rules/read_alerts.ts";

const FILES = new URL("../chart/files/", import.meta.url);

const ruleFile = v.object({
  groups: v.array(v.object({
    rules: v.array(v.object({
      alert: v.optional(v.string()),
      for: v.optional(v.string()),
      labels: v.optional(v.strictObject({ severity: v.string() })),
      annotations: v.optional(v.strictObject({ summary: v.string(), description: v.string() })),
    })),
  })),
});

/**
 * Makes `src/alertmanager/alert_texts.json`: what the alerts that the exporter posts by itself have in common with the
 * rules.
 *
 * @throws {SyntaxError} for a text that the exporter cannot render
 */
export async function alertTexts(): Promise<string> {
  const [source = "", defaults = ""] = await Promise.all(
    ["rules.yaml", "alerts.yaml"].map((name) => Deno.readTextFile(new URL(name, FILES))),
  );
  const rules = v.parse(ruleFile, parse(source)).groups.flatMap((group) => group.rules);
  const alerts = readAlerts(defaults);
  const texts = Object.keys(POSTED).map((name) => {
    const same = rules.filter(({ alert }) => alert === name);
    const [rule] = same;
    if (rule?.labels === undefined || rule.annotations === undefined || same.length !== 1) {
      throw new RangeError(`${name} is not one rule with labels and annotations`);
    }
    const { labels: { severity }, annotations: { summary, description } } = rule;
    for (const text of [summary, description]) parseTemplate(text, TEXT_PLACEHOLDERS);
    return [name, { severity, for: rule.for, threshold: alerts.get(name)?.threshold, summary, description }];
  });
  return `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`;
}
