import assert from "node:assert/strict";
import { ALERTS, families, groupsOf, read, rendered, rulesOf, seriesIn, SETS } from "./rendered.ts";

const SEVERITIES = ["critical", "warning", "info"];

/** Every call of a function with a range, and what the range is of: `rate(wallet_…{…}[5m])`. */
function rangesIn(expr: string): readonly (readonly [name: string, of: string])[] {
  const calls = expr.matchAll(/\b(\w+)\(\s*((?:wallet|process)[\w:]+)(?:\{[^}]*\})?\[/g);
  return [...calls].map(([, name = "", of = ""]) => [name, of] as const);
}

Deno.test("no marker is left in the rules", () => {
  for (const values of Object.values(SETS)) assert.doesNotMatch(rendered(values), /@/);
  assert.doesNotMatch(read("deploy/prometheus/rules.yaml"), /@/);
});

/** What is taken of the past: groups are evaluated in any order, but it was recorded by then. */
const PAST = /\bwallet:[\w:]+(?:\{[^}]*\})?(?:\[| offset)/g;

Deno.test("the rules are made of families that there are, and of what their own group recorded before", () => {
  const known = families();
  const groups = groupsOf(rendered(SETS.default));
  const all = new Set(groups.flatMap(({ rules }) => rules.map(({ record }) => record)));
  for (const { name, rules } of groups) {
    const recorded = new Set<string>();
    for (const { record, alert, expr } of rules) {
      const past = [...expr.matchAll(PAST)].flatMap(([text]) => seriesIn(text));
      assert.deepEqual(past.filter((series) => !all.has(series)), [], `${name}: ${alert ?? record}`);
      const unknown = seriesIn(expr.replaceAll(PAST, "")).filter((series) =>
        !known.has(series) && !recorded.has(series)
      );
      assert.deepEqual(unknown, [], `${name}: ${alert ?? record}`);
      if (record !== undefined) recorded.add(record);
    }
  }
});

Deno.test("no group has more rules than a ruler may take", () => {
  for (const { name, rules } of groupsOf(rendered(SETS.default))) assert.ok(rules.length <= 20, name);
});

Deno.test("all that is recorded is used", () => {
  const rules = rulesOf(rendered(SETS.default));
  const used = new Set(rules.flatMap(({ expr }) => seriesIn(expr)));
  const unused = rules.flatMap(({ record }) => record === undefined || used.has(record) ? [] : [record]);
  assert.deepEqual(unused, []);
});

Deno.test("rates are of counters, and ranges of recorded series, but for whether there was an exporter", () => {
  const known = families();
  let seen = 0;
  for (const { alert, record, expr } of rulesOf(rendered(SETS.default))) {
    assert.doesNotMatch(expr, /\b(irate|resets|delta|idelta|deriv|predict_linear|holt_winters|topk|bottomk)\s*\(/);
    for (const [name, of] of rangesIn(expr)) {
      seen++;
      if (["rate", "increase"].includes(name)) assert.equal(known.get(of), "counter", `${alert}: ${name}(${of})`);
      // Restarts are those of one process, under its own labels.
      else if (of === "process_start_time_seconds") assert.equal(name, "changes");
      else assert.ok(of.includes(":") || name === "present_over_time", `${alert ?? record}: ${name}(${of})`);
    }
  }
  assert.ok(seen > 5, "no ranges were found");
});

Deno.test("every selector is that of the release", () => {
  for (const { alert, record, expr } of rulesOf(rendered(SETS.oneRelease))) {
    const selected = [...expr.matchAll(/\{(?:[^}]*,)?namespace="ns",release="rel"\}/g)].length;
    assert.equal(selected, seriesIn(expr).length, alert ?? record);
    assert.equal(expr.includes("{}") || expr.includes("{,"), false, alert ?? record);
  }
});

Deno.test("labels that are asked for are in all that is summed up", () => {
  for (const { alert, record, expr } of rulesOf(rendered(SETS.otherLabels))) {
    for (const [, labels = ""] of expr.matchAll(/\b(?:by|on) \(([^)]+)\)/g)) {
      assert.match(labels, /^cluster, region, namespace, release\b/, alert ?? record);
      if (labels.includes(" label,")) assert.match(labels, /label, address, team\b/, alert ?? record);
    }
  }
});

Deno.test("what is told of alerts is of those that there are", () => {
  const source = read("chart/files/rules.yaml");
  const rules = rulesOf(source).filter(({ alert }) => alert !== undefined);
  // An alert may have more than one rule, of other severities.
  assert.deepEqual([...ALERTS.keys()].toSorted(), [...new Set(rules.map(({ alert }) => alert))].toSorted());
  for (const { name, rules } of groupsOf(source)) {
    for (const { alert, expr } of rules) {
      const facts = ALERTS.get(alert ?? "");
      if (facts === undefined) continue;
      assert.equal(`wallet-balance.${facts.group}`, name, alert);
      const isUsed = expr.includes("@threshold@") || source.includes(`@threshold:${alert}@`);
      assert.equal(isUsed, facts.threshold !== undefined, `the threshold of ${alert}`);
    }
  }
});

Deno.test("every alert tells how grave it is, and says it in a sentence", () => {
  for (const { alert, labels, annotations } of rulesOf(rendered(SETS.default))) {
    if (alert === undefined) continue;
    assert.ok(SEVERITIES.includes(labels?.["severity"] ?? ""), alert);
    assert.deepEqual(Object.keys(annotations ?? {}), ["summary", "description"], alert);
    assert.match(annotations?.["summary"] ?? "", /^[A-Z][^{}]+\.$/, alert);
    assert.match(annotations?.["description"] ?? "", /\$labels\.[^]+\.$/, alert);
  }
});

Deno.test("the plain file has a runbook for each alert, and as comments those that are off", () => {
  const text = read("deploy/prometheus/rules.yaml");
  const alerts = rulesOf(text).filter(({ alert }) => alert !== undefined);
  const on = [...ALERTS].flatMap(([name, { enabled }]) => enabled ? [name] : []);
  assert.deepEqual([...new Set(alerts.map(({ alert }) => alert))].toSorted(), on.toSorted());
  for (const { alert, annotations } of alerts) {
    const page = `https://github.com/agglayer/wallet-balance-exporter/blob/main/docs/runbooks/${alert}.md`;
    assert.equal(annotations?.["runbook_url"], page);
  }
  const all = rulesOf(text.replaceAll(/^ {6}# (?=- alert| {2})/gm, "      "));
  assert.equal(
    new Set(all.flatMap(({ alert }) => alert ?? [])).size,
    ALERTS.size,
    "without the comment signs all are on",
  );
});
