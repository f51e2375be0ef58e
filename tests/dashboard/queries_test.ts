import assert from "node:assert/strict";
import { leaveOut, runOutside } from "../fakes/outside_tool.ts";
import { DASHBOARD, fill, type NamedQuery, QUERIES } from "./model.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** A family's name and its matchers. */
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

Deno.test("promtool can read every query", async () => {
  const rules = QUERIES.map(({ expr }, index) => ({ record: `query:${index}`, expr: fill(expr) }));
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const verdict = await runOutside([promtool, "check", "rules", file], "");
    if (verdict === undefined) return leaveOut("reading the dashboard's queries", `there is no ${promtool}`);
    assert.equal(verdict.code, 0, verdict.said);
    assert.match(verdict.said, new RegExp(`SUCCESS: ${QUERIES.length} rules found`));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("every family is one that the exporter has, or ALERTS", async () => {
  const known = await documented();
  assert.ok(known.size > 40);
  for (const query of QUERIES) {
    const selectors = selectorsOf(query);
    assert.notEqual(selectors.length, 0, query.name);
    for (const { metric } of selectors) assert.ok(metric === "ALERTS" || known.has(metric), `${query.name}: ${metric}`);
    assert.doesNotMatch(query.expr, /\b(wallet|process)_\w+\b(?![{\w])/, `${query.name}: a family without matchers`);
  }
});

Deno.test("every selector has the filters of the dashboard", () => {
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

Deno.test("labels of pods are left out: what is told apart begins with the exporter, but in totals", () => {
  const totals = new Set(["Version/A", "Latency of all requests/A", "Firing alerts"]);
  for (const { name, expr } of QUERIES.filter(({ name }) => !totals.has(name))) {
    const groups = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].map(([, labels = ""]) => labels);
    assert.notEqual(groups.length, 0, name);
    for (const labels of groups) assert.match(labels, /^($|cluster, namespace, release(, |$))/, name);
  }
});

Deno.test("functions for counters are used on counters, and counters with nothing else", () => {
  for (const { name, expr } of QUERIES) {
    for (const [, metric = ""] of expr.matchAll(/\b(?:rate|irate|increase|resets|delta|idelta|deriv)\((\w+)/g)) {
      assert.match(metric, /_(total|bucket)$/, name);
    }
    for (const [whole] of expr.matchAll(/\w*\(?\w+_(?:total|bucket)\{/g)) {
      assert.match(whole, /^(rate|increase)\(/, name);
    }
  }
});

Deno.test("no recording rule is needed", () => {
  for (const query of QUERIES) assert.ok(selectorsOf(query).every(({ metric }) => !metric.includes(":")), query.name);
});

Deno.test("ranges are taken of what is left when labels of pods are gone, but of counters and versions", () => {
  for (const { name, expr } of QUERIES) {
    for (const [, metric = ""] of expr.matchAll(/(\w+)\{[^}]*\}\[/g)) {
      assert.match(metric, /_(total|bucket|info)$/, name);
    }
  }
});

Deno.test("variables are looked up among those that were chosen before", () => {
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
