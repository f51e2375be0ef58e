import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { isUsableInRules, renderRules, type RuleValues, TAKEN_LABELS } from "../../src/rules/render_rules.ts";
import { readAlerts } from "../../tools/rules/read_alerts.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { CHART, chartTest, refusal, render } from "./helm.ts";
import { only, type RuleGroup } from "./kube_object.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";
const source = await Deno.readTextFile(`${CHART}/files/rules.yaml`);
const alerts = readAlerts(await Deno.readTextFile(`${CHART}/files/alerts.yaml`));
const RUNBOOKS = "https://github.com/agglayer/wallet-balance-exporter/blob/main/docs/runbooks/%s.md";

async function groupsOf(values: Readonly<Record<string, unknown>> = {}): Promise<readonly RuleGroup[]> {
  const { prometheusRule = {}, ...rest } = values;
  const objects = await render({ values: { ...rest, prometheusRule: { enabled: true, ...Object(prometheusRule) } } });
  return only(objects, "PrometheusRule").spec.groups;
}

async function alertOf(
  name: string,
  values: Readonly<Record<string, unknown>> = {},
): Promise<RuleGroup["rules"][number] | undefined> {
  return (await groupsOf(values)).flatMap(({ rules }) => rules).find(({ alert }) => alert === name);
}

/** The rules that `deno task gen` writes; they have their own unit tests. */
function expected(values: RuleValues): readonly RuleGroup[] {
  const selector = 'namespace="ns",release="rel"';
  return parse(renderRules(source, alerts, { selector, runbookUrl: RUNBOOKS, ...values })).groups;
}

chartTest("the chart renders the rules that have unit tests, for every setting", async () => {
  for (
    const [values, ruleValues] of [
      [{}, {}],
      [{ config: { checkInterval: { seconds: "15m" } } }, { interval: 900 }],
      [{ config: { checkInterval: { seconds: 7 } } }, { interval: 7 }],
      [{ config: { checkInterval: { seconds: "1h30m" } } }, { interval: 5400 }],
      [{ shards: 3, replicaCount: 2 }, { shards: 3, replicas: 2 }],
      [
        {
          prometheusRule: { exporterLabels: ["region", "namespace", "release"], walletLabels: ["network", "address"] },
        },
        { exporterLabels: ["region", "namespace", "release"], walletLabels: ["network", "address"] },
      ],
    ] as const
  ) {
    assert.deepEqual(await groupsOf(values), expected(ruleValues), JSON.stringify(values));
  }
});

/** Values of an inline configuration; a wallet has a team, another none. */
function inline(config: object): Readonly<Record<string, unknown>> {
  return { existingSecret: { name: "" }, config };
}

chartTest("the rules have the labels of the wallets of an inline configuration, and those in the values", async () => {
  const networks = [
    { name: "a", wallets: [{ address: "0xA", label: "w", labels: { team: "core" } }, { address: "0xB", label: "x" }] },
    { name: "b", wallets: [{ address: "0xA", label: "w", labels: { env: "prod", team: "bridge" } }] },
    { name: "lists", walletsFrom: "wallets.csv" },
  ];
  const text = stringify({ version: 2, defaults: { labels: { area: "ops" } }, networks });
  const walletLabels = (...own: readonly string[]): RuleValues => ({
    walletLabels: ["network", "label", "address", ...own],
  });
  for (
    const [values, ruleValues] of [
      [inline({ networks }), walletLabels("env", "team")],
      [inline({ text }), walletLabels("area", "env", "team")],
      [inline({ text: JSON.stringify({ version: 2, networks }) }), walletLabels("env", "team")],
      [
        { ...inline({ networks }), prometheusRule: { extraWalletLabels: ["tier", "team", "label"] } },
        walletLabels("env", "team", "tier"),
      ],
      [{ prometheusRule: { extraWalletLabels: ["team"] } }, walletLabels("team")],
      [inline({ networks: { "http://a": [{ address: "0xA", label: "w" }] } }), {}],
      [inline({ text: "{{ neither: YAML" }), {}],
      [inline({ text: "version: 2\ndefaults: [1]\nnetworks: [1, {wallets: 1}, {wallets: [1, {labels: 1}]}]" }), {}],
    ] as const
  ) {
    assert.deepEqual(await groupsOf(values), expected(ruleValues), JSON.stringify(values));
  }
});

Deno.test("the chart and the command rules refuse the same labels", async () => {
  const template = await Deno.readTextFile(`${CHART}/templates/_rules.tpl`);
  const [, names = "", words = ""] = /regexMatch "\^\((alertgroup\S+)\|\(\?i:(\S+)\)\)\$"/.exec(template) ?? [];
  assert.deepEqual(new Set(names.split("|")), TAKEN_LABELS);
  assert.deepEqual([...words.split("|"), "NaN"].filter(isUsableInRules), []);
});

chartTest("labels that would break rules are refused, but only with rules", async () => {
  const config = { networks: [{ name: "a", wallets: [{ address: "0xA", label: "w", labels: { severity: "high" } }] }] };
  assert.match(
    await refusal({ values: { ...inline(config), prometheusRule: { enabled: true } } }),
    /The label "severity" of the wallets cannot be used in rules/,
  );
  await render({ values: inline(config) });
});

chartTest("overrides of an alert leave all others unchanged", async () => {
  const change = {
    severity: "page",
    for: "7m",
    keepFiringFor: "9m",
    threshold: 0.1,
    labels: { team: "a" },
    annotations: { note: "{{ $value }}", runbook_url: "mine" },
  };
  const name = "WalletBalanceCriticallyLow";
  const prometheusRule = {
    alerts: { [name]: change },
    alertLabels: { team: "all", area: "wallets", severity: "all" },
    alertAnnotations: { channel: "#a" },
    dashboardUrl: "https://grafana.example",
  };
  const before = await alertOf(name);
  const after = await alertOf(name, { prometheusRule });
  assert.deepEqual(after?.labels, { severity: "page", team: "a", area: "wallets" });
  assert.deepEqual([after?.for, after?.keep_firing_for], ["7m", "9m"]);
  assert.equal(after?.expr, before?.expr.replace("0.25", "0.1"));
  assert.equal(after?.annotations?.["note"], "{{ $value }}");
  assert.equal(after?.annotations?.["runbook_url"], "mine");
  assert.equal(after?.annotations?.["channel"], "#a");
  assert.equal(after?.annotations?.["dashboard_url"], "https://grafana.example");
  // It says what the level is without a configured one.
  const { description = "" } = before?.annotations ?? {};
  assert.equal(after?.annotations?.["description"], description.replace(" 0.25 * ", " 0.1 * "));
  const other = await alertOf("WalletBalanceStale", { prometheusRule });
  assert.deepEqual(other?.labels, { severity: "all", team: "all", area: "wallets" });
});

chartTest("each alert can be disabled and enabled, and the rest is valid", async () => {
  for (const name of alerts.keys()) {
    const enabled = !alerts.get(name)?.enabled;
    const found = await alertOf(name, { prometheusRule: { alerts: { [name]: { enabled } } } });
    assert.equal(found !== undefined, enabled, name);
  }
  const none = Object.fromEntries([...alerts.keys()].map((name) => [name, { enabled: false }]));
  const groups = await groupsOf({ prometheusRule: { alerts: none } });
  assert.ok(groups.every(({ rules }) => rules.length > 0));
  assert.ok(groups.flatMap(({ rules }) => rules).every(({ alert }) => alert === undefined));
});

chartTest("a threshold of 0 is used", async () => {
  const found = await alertOf("WalletBalanceStale", {
    prometheusRule: { alerts: { WalletBalanceStale: { threshold: 0 } } },
  });
  assert.match(found?.expr ?? "", /,\s+0\n?\s*\)/);
});

chartTest("keepFiringFor=false removes keep_firing_for", async () => {
  for (const { rules } of await groupsOf({ prometheusRule: { keepFiringFor: false } })) {
    for (const rule of rules) assert.equal(rule.keep_firing_for, undefined);
  }
  const name = "WalletBalanceStale";
  const prometheusRule = { keepFiringFor: false, alerts: { [name]: { keepFiringFor: "5m" } } };
  assert.equal((await alertOf(name, { prometheusRule }))?.keep_firing_for, "5m");
});

chartTest("extraGroups are appended, and their braces are not evaluated", async () => {
  const own = { name: "mine", rules: [{ alert: "A", expr: "vector(1)", annotations: { summary: "{{ $value }}" } }] };
  assert.deepEqual((await groupsOf({ prometheusRule: { extraGroups: [own] } })).at(-1), own);
});

chartTest("overrides of an unknown alert are refused, with the names of all alerts", async () => {
  const message = await refusal({ values: { prometheusRule: { alerts: { WalletBalanceStaled: { for: "1m" } } } } });
  assert.match(message, /unknown alert "WalletBalanceStaled"/);
  assert.match(message, /^WalletBalanceStale$/m);
  const alerts = { WalletBalanceBelowMinimum: { threshold: 1 } };
  assert.match(
    await refusal({ values: { prometheusRule: { alerts } } }),
    /threshold is set, but this alert has no threshold/,
  );
});

chartTest("promtool accepts the rendered rules", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const values of [{}, { config: { checkInterval: { seconds: "2h" } }, shards: 4 }]) {
      const file = `${folder}/rules.json`;
      await Deno.writeTextFile(file, JSON.stringify({ groups: await groupsOf(values) }));
      const result = await runOutside([promtool, "check", "rules", "--lint=all", "--lint-fatal", file], "");
      if (result === undefined) return skipCheck("promtool check rules", `there is no ${promtool}`);
      assert.equal(result.code, 0, result.output);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
