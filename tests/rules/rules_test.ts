import assert from "node:assert/strict";
import { parse } from "yaml";
import { runOutside, skipCheck, type ToolResult } from "../fakes/outside_tool.ts";
import { CASES } from "./cases.ts";
import { ALERTS, groupOrder, read, rendered, type Rule, rulesOf, seriesIn, SETS } from "./rendered.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** Runs promtool on rules and, optionally, test cases. */
async function runPromtool(args: readonly string[], rules: string, cases = ""): Promise<ToolResult | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/rules.yaml`, rules);
    await Deno.writeTextFile(`${folder}/cases.yaml`, cases);
    const [last = "", ...others] = args.toReversed();
    const result = await runOutside([promtool, ...others.toReversed(), `${folder}/${last}`], "");
    if (result === undefined) skipCheck(`promtool ${args.join(" ")}`, `there is no ${promtool}`);
    return result;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [name, values] of Object.entries(SETS)) {
  Deno.test(`promtool accepts the rules: ${name}`, async () => {
    const result = await runPromtool(["check", "rules", "--lint-fatal", "rules.yaml"], rendered(values));
    if (result !== undefined) assert.equal(result.code, 0, result.output);
  });
}

Deno.test("promtool accepts deploy/prometheus/rules.yaml", async () => {
  const result = await runPromtool(
    ["check", "rules", "--lint-fatal", "rules.yaml"],
    read("deploy/prometheus/rules.yaml"),
  );
  if (result !== undefined) assert.equal(result.code, 0, result.output);
});

for (const [file, values] of CASES) {
  Deno.test(`the rules pass cases/${file}`, async () => {
    const rules = rendered(values);
    const cases = `group_eval_order: ${JSON.stringify(groupOrder(rules))}\n${read(`tests/rules/cases/${file}`)}`;
    const result = await runPromtool(["test", "rules", "cases.yaml"], rules, cases);
    if (result !== undefined) assert.equal(result.code, 0, result.output);
  });
}

Deno.test("every file in cases/ is run", () => {
  const files = [...Deno.readDirSync(new URL("cases/", import.meta.url))].map(({ name }) => name);
  assert.deepEqual(files.toSorted(), [...CASES.keys()].toSorted());
});

interface Case {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

function casesOf(file: string): readonly Case[] {
  const { tests }: { readonly tests: readonly Case[] } = parse(read(`tests/rules/cases/${file}`));
  return tests;
}

/** The metrics an alert depends on, directly or through recording rules. */
function familiesOf(rules: readonly Rule[], alert: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visited = new Set<string>();
  function visit(expr: string): void {
    for (const name of seriesIn(expr)) {
      const recorded = rules.find(({ record }) => record === name);
      if (recorded === undefined) found.add(name);
      else if (!visited.has(name)) {
        visited.add(name);
        visit(recorded.expr);
      }
    }
  }
  for (const rule of rules) if (rule.alert === alert) visit(rule.expr);
  return found;
}

Deno.test("every alert has a case that fires, and one with series that do not fire", () => {
  const rules = rulesOf(rendered(SETS.default));
  const firing = new Set<string>();
  const silent = new Set<string>();
  for (const { name, input_series: series, alert_rule_test: asserted = [] } of [...CASES.keys()].flatMap(casesOf)) {
    const counts = Map.groupBy(series, ({ series }) => series.replace(/\{.*/s, ""));
    for (const { alertname, exp_alerts: expected } of asserted) {
      assert.ok(ALERTS.has(alertname), `"${name}" asserts an unknown alert ${alertname}`);
      if (expected.length > 0) firing.add(alertname);
      const own = [...familiesOf(rules, alertname)].map((family) => counts.get(family)?.length ?? 0);
      if (own.some((count) => count > expected.length)) silent.add(alertname);
    }
  }
  assert.deepEqual([...ALERTS.keys()].filter((name) => !firing.has(name)), []);
  assert.deepEqual([...ALERTS.keys()].filter((name) => !silent.has(name)), []);
});
