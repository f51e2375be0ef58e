import assert from "node:assert/strict";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { DASHBOARD, fill, type NamedQuery, QUERIES } from "./model.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** A metric name and its matchers. */
const SELECTOR = /([a-zA-Z_:][\w:]*)\{([^}]*)\}/g;

interface Selector {
  readonly metric: string;
  readonly matchers: string;
}

function selectorsOf({ expr }: NamedQuery): readonly Selector[] {
  return [...expr.matchAll(SELECTOR)].map(([, metric = "", matchers = ""]) => ({ metric, matchers }));
}

async function documented(): Promise<ReadonlySet<string>> {
  const page = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)];
  return new Set(rows.flatMap(([, name = "", type]) => type === "histogram" ? [`${name}_bucket`] : [name]));
}

Deno.test("promtool parses every query", async () => {
  const rules = QUERIES.map(({ expr }, index) => ({ record: `query:${index}`, expr: fill(expr) }));
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const result = await runOutside([promtool, "check", "rules", file], "");
    if (result === undefined) return skipCheck("reading the dashboard's queries", `there is no ${promtool}`);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, new RegExp(`SUCCESS: ${QUERIES.length} rules found`));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("queries use documented metrics and ALERTS only", async () => {
  const known = await documented();
  assert.ok(known.size > 40);
  for (const query of QUERIES) {
    const selectors = selectorsOf(query);
    assert.notEqual(selectors.length, 0, query.name);
    for (const { metric } of selectors) assert.ok(metric === "ALERTS" || known.has(metric), `${query.name}: ${metric}`);
    assert.doesNotMatch(query.expr, /\b(wallet|process)_\w+\b(?![{\w])/, `${query.name}: a metric without matchers`);
  }
});

Deno.test("every selector has the matchers of the variables", () => {
  for (const query of QUERIES) {
    for (const { metric, matchers } of selectorsOf(query)) {
      const own = [
        "cluster",
        "namespace",
        "release",
        "job",
        ...metric.match(/^wallet_(token_)?balance_(?!exporter)/) ? ["network"] : [],
      ];
      const wanted = metric === "ALERTS" ? ["cluster", "namespace", "release", "network", "label"] : own;
      for (const name of wanted) {
        const end = metric === "ALERTS" ? "|" : "";
        assert.ok(matchers.includes(`${name}=~"$${name}${end}"`), `${query.name}: ${metric}{${matchers}}`);
      }
    }
  }
});

Deno.test("aggregations drop labels of pods, and keep the exporter except in totals", () => {
  const totals = new Set(["Version/A", "RPC latency heatmap/A", "Firing alerts"]);
  for (const { name, expr } of QUERIES.filter(({ name }) => !totals.has(name))) {
    const groups = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].map(([, labels = ""]) => labels);
    assert.notEqual(groups.length, 0, name);
    for (const labels of groups) assert.match(labels, /^($|cluster, namespace, release(, |$))/, name);
  }
});

Deno.test("counters are used with rate() and increase(), and gauges are not", () => {
  for (const { name, expr } of QUERIES) {
    for (const [, metric = ""] of expr.matchAll(/\b(?:rate|irate|increase|resets|delta|idelta|deriv)\((\w+)/g)) {
      assert.match(metric, /_(total|bucket)$/, name);
    }
    for (const [whole] of expr.matchAll(/\w*\(?\w+_(?:total|bucket)\{/g)) {
      assert.match(whole, /^(rate|increase)\(/, name);
    }
  }
});

Deno.test("no query needs a recording rule", () => {
  for (const query of QUERIES) assert.ok(selectorsOf(query).every(({ metric }) => !metric.includes(":")), query.name);
});

Deno.test("ranges of raw series are used for counters and versions only", () => {
  for (const { name, expr } of QUERIES) {
    for (const [, metric = ""] of expr.matchAll(/(\w+)\{[^}]*\}\[/g)) {
      assert.match(metric, /_(total|bucket|info)$/, name);
    }
  }
});

Deno.test("each variable is filtered by the previous ones", () => {
  const before: string[] = [];
  for (const { name, definition } of DASHBOARD.templating.list) {
    if (definition === undefined) continue;
    const [, metric, chosen = "", label] = /^label_values\((\w+)(?:\{(.*)\})?, (\w+)\)$/.exec(definition) ?? [];
    assert.ok(metric === "wallet_balance_exporter_up" || metric === "wallet_balance_check_success", definition);
    assert.equal(label, name);
    assert.equal(chosen, before.map((other) => `${other}=~"$${other}"`).join(", "));
    before.push(name);
  }
});
