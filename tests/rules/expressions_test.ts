import assert from "node:assert/strict";
import { ALERTS, families, groupsOf, read, rendered, rulesOf, seriesIn, SETS } from "./rendered.ts";
import { secondsOf } from "./vmalert.ts";

const SEVERITIES = ["critical", "warning", "info"];

/** Calls of range functions, such as `rate(wallet_…{…}[5m])`, with the series of the range. */
function rangesIn(expr: string): readonly (readonly [name: string, of: string])[] {
  const calls = expr.matchAll(/\b(\w+)\(\s*((?:wallet|process)[\w:]+)(?:\{[^}]*\})?\[/g);
  return [...calls].map(([, name = "", of = ""]) => [name, of] as const);
}

Deno.test("rendered rules contain no placeholders", () => {
  for (const values of Object.values(SETS)) assert.doesNotMatch(rendered(values), /@/);
  assert.doesNotMatch(read("deploy/prometheus/rules.yaml"), /@/);
});

/** References to the past, which may be recorded by a later group. */
const PAST = /\bwallet:[\w:]+(?:\{[^}]*\})?(?:\[| offset)/g;

Deno.test("rules use documented metrics, and series recorded earlier in their own group or in one that is evaluated more often", () => {
  const known = families();
  const groups = groupsOf(rendered(SETS.default));
  const all = new Set(groups.flatMap(({ rules }) => rules.map(({ record }) => record)));
  for (const { name, interval, rules } of groups) {
    const recorded = new Set(
      groups.flatMap((other) => secondsOf(other.interval ?? "1m") < secondsOf(interval ?? "1m") ? other.rules : [])
        .map(({ record }) => record),
    );
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

Deno.test("no group has more than 20 rules", () => {
  for (const { name, rules } of groupsOf(rendered(SETS.default))) assert.ok(rules.length <= 20, name);
});

Deno.test("every recorded series is used", () => {
  const rules = rulesOf(rendered(SETS.default));
  const used = new Set(rules.flatMap(({ expr }) => seriesIn(expr)));
  const unused = rules.flatMap(({ record }) => record === undefined || used.has(record) ? [] : [record]);
  assert.deepEqual(unused, []);
});

Deno.test("rate() is used on counters, and other ranges on recorded series", () => {
  const known = families();
  let seen = 0;
  for (const { alert, record, expr } of rulesOf(rendered(SETS.default))) {
    assert.doesNotMatch(expr, /\b(irate|delta|idelta|deriv|predict_linear|holt_winters|topk|bottomk)\s*\(/);
    // Restarts are counted per process, under its own labels; changes() would count more in VictoriaMetrics.
    for (const [call] of expr.matchAll(/\bresets\([^[]*\[/g)) assert.match(call, /\(\(0 - process_start_time_seconds/);
    for (const [name, of] of rangesIn(expr)) {
      seen++;
      if (["rate", "increase"].includes(name)) assert.equal(known.get(of), "counter", `${alert}: ${name}(${of})`);
      else assert.ok(of.includes(":") || name === "present_over_time", `${alert ?? record}: ${name}(${of})`);
    }
  }
  assert.ok(seen > 5, "found no ranges");
});

Deno.test("every selector has the matchers of the release", () => {
  for (const { alert, record, expr } of rulesOf(rendered(SETS.oneRelease))) {
    const selected = [...expr.matchAll(/\{(?:[^}]*,)?namespace="ns",release="rel"\}/g)].length;
    assert.equal(selected, seriesIn(expr).length, alert ?? record);
    assert.equal(expr.includes("{}") || expr.includes("{,"), false, alert ?? record);
  }
});

Deno.test("aggregations keep the configured labels", () => {
  for (const { alert, record, expr } of rulesOf(rendered(SETS.otherLabels))) {
    for (const [, labels = ""] of expr.matchAll(/\b(?:by|on) \(([^)]+)\)/g)) {
      assert.match(labels, /^cluster, region, namespace, release\b/, alert ?? record);
      if (labels.includes(" label,")) assert.match(labels, /label, address, team\b/, alert ?? record);
    }
  }
});

Deno.test("alerts.yaml describes exactly the alerts of rules.yaml", () => {
  const source = read("chart/files/rules.yaml");
  const rules = rulesOf(source).filter(({ alert }) => alert !== undefined);
  // An alert may have several rules with different severities.
  assert.deepEqual([...ALERTS.keys()].toSorted(), [...new Set(rules.map(({ alert }) => alert))].toSorted());
  for (const { name, rules } of groupsOf(source)) {
    for (const { alert, expr } of rules) {
      const defaults = ALERTS.get(alert ?? "");
      if (defaults === undefined) continue;
      assert.equal(`wallet-balance.${defaults.group}`, name, alert);
      const isUsed = expr.includes("@threshold@") || source.includes(`@threshold:${alert}@`);
      assert.equal(isUsed, defaults.threshold !== undefined, `the threshold of ${alert}`);
    }
  }
});

Deno.test("every alert has a severity, a summary that names its subject, and a description", () => {
  for (const { alert, labels, annotations } of rulesOf(rendered(SETS.default))) {
    if (alert === undefined) continue;
    assert.ok(SEVERITIES.includes(labels?.["severity"] ?? ""), alert);
    assert.deepEqual(Object.keys(annotations ?? {}), ["summary", "description"], alert);
    const { summary = "", description = "" } = annotations ?? {};
    assert.match(summary, /^[A-Z][^]*\$labels\.[^]+\.$/, alert);
    assert.match(description, /\$labels\.[^]+\.$/, alert);
    if (description.includes("$labels.address")) {
      assert.match(summary, /\$labels\.label [^]*\$labels\.network /, alert);
    }
    // Every amount is followed by a symbol.
    const symbol = /^( {{ \$labels\.symbol }}|{{ with printf "last_over_time\(wallet_balance_exporter_network_info)/;
    const [, ...afterAmounts] = `${summary}\n${description}`.split(
      /{{ if lt \$value [^]+?{{ end }}|min_balance_eth }}/,
    );
    for (const after of afterAmounts) assert.match(after, symbol, alert);
    assert.equal(
      summary.includes("{{ if lt $value"),
      description.includes("{{ if lt $value"),
      `the amount of ${alert}`,
    );
  }
});

Deno.test("deploy/prometheus/rules.yaml links a runbook for each alert, and has disabled alerts as comments", () => {
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
    "uncommented alerts",
  );
});
