import assert from "node:assert/strict";
import { parse } from "yaml";
import { ENDPOINT_STATES } from "../../src/model/source.ts";
import { REASON_NAMES } from "../../src/jsonrpc/errors.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { ALERTS, families, read, rendered, rulesOf, seriesIn, SETS, sources } from "./rendered.ts";

const FOLDER = new URL("../../docs/runbooks/", import.meta.url);
const amtool = Deno.env.get("AMTOOL") ?? "amtool";
const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

const SECTIONS = [
  "Meaning",
  "Impact",
  "Diagnosis",
  "Mitigation",
  "False positives",
  "Escalation",
  "Related alerts",
];

/** Every page, by its name without extension. */
const PAGES: ReadonlyMap<string, string> = new Map(
  [...Deno.readDirSync(FOLDER)].map(({ name }) => [name.replace(/\.md$/, ""), read(`docs/runbooks/${name}`)]),
);
const INDEX = PAGES.get("README") ?? "";

/** Code blocks of a language. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^( *)```(\w+)\n([^]*?)^\1```$/gm)]
    .flatMap(([, indent = "", of, code = ""]) => of === language ? [code.replaceAll(`\n${indent}`, "\n").trim()] : []);
}

/** Queries, one per line. */
function queries(text: string): readonly string[] {
  return blocks(text, "promql").flatMap((block) => block.split("\n"));
}

Deno.test("every alert has a runbook, and every runbook an alert", () => {
  assert.deepEqual([...PAGES.keys()].filter((name) => name !== "README").toSorted(), [...ALERTS.keys()].toSorted());
});

Deno.test("the index has severity and waiting time of every alert", () => {
  const rows = INDEX.matchAll(/^\| \[(\w+)\]\((\w+)\.md\) +\| (\w+) +\| (\w+) +\|/gm);
  const listed = [...rows].map(([, name, page, severity, after]) => [name, page, severity, after]);
  const alerts = rulesOf(rendered(SETS.default)).filter(({ alert }) => alert !== undefined);
  assert.deepEqual(
    listed.toSorted(),
    alerts.map((rule) => [rule.alert, rule.alert, rule.labels?.["severity"], rule.for ?? "0m"]).toSorted(),
  );
});

Deno.test("every runbook has all sections, in order, and starts its diagnosis with two queries and a command", () => {
  for (const [name, text] of PAGES) {
    if (name === "README") continue;
    const [title, ...parts] = text.split(/^##? /m).slice(1);
    assert.equal(title?.trim(), name);
    assert.deepEqual(parts.map((part) => part.split("\n")[0]), SECTIONS, name);
    for (const part of parts) assert.ok(part.trim().split("\n").length > 1, `${name}: ${part}`);
    const diagnosis = parts[SECTIONS.indexOf("Diagnosis")] ?? "";
    const [confirming = ""] = blocks(diagnosis, "promql");
    assert.equal(confirming.split("\n").length, 2, `${name} starts with two queries`);
    assert.match(blocks(diagnosis, "sh").join("\n"), /kubectl /, name);
  }
});

Deno.test("runbooks refer to existing metrics, flags, log messages and pages", () => {
  const source = sources();
  const flags = read("docs/flags.md");
  const known = new Set(rulesOf(rendered(SETS.default)).map(({ record }) => record));
  for (const name of families().keys()) known.add(name).add(`${name}_bucket`);
  for (const [name, text] of PAGES) {
    assert.deepEqual(seriesIn(text).filter((series) => !known.has(series)), [], name);
    for (const [, message = ""] of text.matchAll(/msg="([^"]*)"/g)) {
      assert.ok(source.includes(`"${message}"`), `${name}: ${message}`);
    }
    for (const [, flag = ""] of text.matchAll(/`(--[a-z.-]+)/g)) {
      assert.ok(flags.includes(`\`${flag}`), `${name}: ${flag}`);
    }
    for (const [, link = ""] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      assert.ok(Deno.statSync(new URL(link, FOLDER)).isFile, `${name}: ${link}`);
    }
    assert.doesNotMatch(text, /README\.md#(?!reasons\))/, name);
  }
});

Deno.test("runbooks explain every reason, and every failed state of an endpoint", () => {
  for (const reason of REASON_NAMES) assert.match(INDEX, new RegExp(`^\\|[^|]*\`${reason}\``, "m"));
  const page = PAGES.get("WalletBalanceExporterEndpointDown") ?? "";
  const faults = ENDPOINT_STATES.filter((state) => state !== "ok" && state !== "halted");
  for (const state of faults) assert.match(page, new RegExp(`^\\| \`${state}\``, "m"));
});

Deno.test("promtool parses every query of the runbooks", async () => {
  const rules = [...PAGES.values()].flatMap(queries).map((expr, index) => ({ record: `query:${index}`, expr }));
  assert.ok(rules.length > 50, `found only ${rules.length} queries`);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/rules.yaml`, JSON.stringify({ groups: [{ name: "pages", rules }] }));
    const result = await runOutside([promtool, "check", "rules", `${folder}/rules.yaml`], "");
    if (result === undefined) return skipCheck("the queries of the runbooks", `there is no ${promtool}`);
    assert.equal(result.code, 0, result.output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The example configuration of Alertmanager. */
const EXAMPLE = read("deploy/compose/alertmanager.yml");

Deno.test("amtool accepts the example configuration", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/alertmanager.yaml`, EXAMPLE);
    const result = await runOutside([amtool, "check-config", `${folder}/alertmanager.yaml`], "");
    if (result === undefined) return skipCheck("amtool check-config", `there is no ${amtool}`);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /13 inhibit rules/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("inhibit rules refer to existing alerts, and do not inhibit themselves", () => {
  interface Inhibition {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
  }
  const { inhibit_rules: rules }: { readonly inhibit_rules: readonly Inhibition[] } = parse(EXAMPLE);
  assert.equal(rules.length, 13);
  const ofAlerts = (matcher: string): boolean => matcher.startsWith("alertname");
  for (const { source_matchers: sources, target_matchers } of rules) {
    const targets = target_matchers.filter(ofAlerts);
    const names = [...sources, ...targets].flatMap((matcher) => matcher.match(/\bWallet\w+\b(?!\.\+)/g) ?? []);
    assert.deepEqual(names.filter((name) => !ALERTS.has(name)), []);
    const inhibited = [...ALERTS.keys()].filter((name) => targets.every((matcher) => matches(matcher, name)));
    assert.ok(inhibited.length > 0, targets.join());
    assert.ok(
      !inhibited.some((name) => sources.every((matcher) => matches(matcher, name))),
      `${sources} inhibits itself`,
    );
  }
});

/** Whether an alert name matches, like in Alertmanager. */
function matches(matcher: string, alert: string): boolean {
  const [, sign = "", pattern = ""] = /^alertname(=|!=|=~)"(.*)"$/.exec(matcher) ?? [];
  return (sign === "=~" ? new RegExp(`^(?:${pattern})$`).test(alert) : pattern === alert) === (sign !== "!=");
}
