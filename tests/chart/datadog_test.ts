import assert from "node:assert/strict";
import { parse } from "yaml";
import { metricNames } from "../fakes/metric_names.ts";
import { ORIGINAL } from "../program/page.ts";
import { CHART, chartTest, render } from "./helm.ts";
import { all, only } from "./kube_object.ts";

const originals: ReadonlySet<string> = new Set(ORIGINAL);
type Monitor = ReturnType<typeof all<"DatadogMonitor">>[number]["spec"];

/** A monitor as the API takes it. */
interface ApiMonitor {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly message: string;
  readonly priority: number;
  readonly options: { readonly notify_no_data: boolean; readonly no_data_timeframe?: number };
}

const NAME = "ad.datadoghq.com/wallet-balance-exporter.checks";

async function annotations(values?: unknown): Promise<Readonly<Record<string, string>> | undefined> {
  return only(await render({ values }), "Deployment").spec.template.metadata.annotations;
}

/** The only instance of the check, parsed like the Datadog Agent does. */
async function instance(values?: unknown): Promise<Readonly<Record<string, unknown>>> {
  const { openmetrics, ...others } = JSON.parse((await annotations(values))?.[NAME] ?? "");
  assert.deepEqual(others, {});
  assert.deepEqual(openmetrics.init_config, {});
  assert.equal(openmetrics.instances.length, 1);
  return openmetrics.instances[0];
}

chartTest("the Datadog check equals that of chart 1.x, without new metrics", async () => {
  const { exclude_metrics: excluded, ...rest } = await instance();
  assert.deepEqual(rest, {
    openmetrics_endpoint: "http://%%host%%:8080/metrics",
    namespace: "wallet_balance",
    metrics: ["^wallet_.*"],
  });
  assert.ok(Array.isArray(excluded));
  // Like the Agent: patterns are searched for, and counters have no _total.
  const isExcluded = (name: string): boolean => excluded.some((pattern) => new RegExp(pattern).test(name));
  for (const name of ORIGINAL) assert.equal(isExcluded(name), false, name);
  const others = (await metricNames()).filter((name) => name.startsWith("wallet_") && !originals.has(name));
  assert.ok(others.length > 20, "the list of families is not whole");
  for (const name of others) {
    assert.equal(isExcluded(name), true, name);
    assert.equal(isExcluded(name.replace(/_total$/, "")), true, name);
  }
});

chartTest("the Datadog check follows port and TLS, and collects all metrics on request", async () => {
  assert.deepEqual(await instance({ ports: { metrics: 9100 }, datadog: { excludeNewMetrics: false } }), {
    openmetrics_endpoint: "http://%%host%%:9100/metrics",
    namespace: "wallet_balance",
    metrics: ["^wallet_.*"],
  });
  const secured = await instance({ webConfig: { existingSecret: "web", tls: true } });
  assert.equal(secured["openmetrics_endpoint"], "https://%%host%%:8080/metrics");
  assert.equal(secured["tls_verify"], false);
});

chartTest("the Datadog check can be replaced, removed and combined with others", async () => {
  const own =
    '{"openmetrics": {"instances": [{"openmetrics_endpoint": "http://%%host%%:{{ .Values.ports.metrics }}/"}]}}';
  const replaced = await annotations({ podAnnotations: { [NAME]: own } });
  assert.match(replaced?.[NAME] ?? "", /:8080\//);
  const without = await annotations({ podAnnotations: { [NAME]: null } });
  assert.deepEqual(Object.keys(without ?? {}), ["ad.datadoghq.com/tolerate-unready"]);
  assert.equal(await annotations({ podAnnotations: null }), undefined);
  const vault = '{{- with secret "kv/op" -}}{{ .Data.data.wallets }}{{- end }}';
  const beside = await annotations({ podAnnotations: { "vault.hashicorp.com/agent-inject-template-x": vault, a: 5 } });
  assert.equal(beside?.["vault.hashicorp.com/agent-inject-template-x"], vault);
  assert.equal(beside?.["a"], "5");
  assert.ok(beside?.[NAME]?.startsWith("{"));
});

chartTest("datadog.extraInstance is merged into the check", async () => {
  const extraInstance = { username: "dd", password: "%%env_PASSWORD%%", tls_verify: true };
  const { username, password, tls_verify: verify } = await instance({ datadog: { extraInstance } });
  assert.deepEqual([username, password, verify], ["dd", "%%env_PASSWORD%%", true]);
});

const MONITORS = { datadog: { monitors: { enabled: true } } };
const FAMILIES: ReadonlySet<string> = new Set([
  ...ORIGINAL,
  "wallet_balance_threshold_eth",
  "wallet_token_balance",
  "wallet_token_balance_below_minimum",
  "wallet_transactions_check_success",
  "wallet_transactions_expected_interval_seconds",
  "wallet_transactions_last_timestamp_seconds",
  "wallet_transactions_left",
  "wallet_transactions_pending",
  "wallet_code_expected",
]);

async function monitors(values: unknown = MONITORS): Promise<ReadonlyMap<string, Monitor>> {
  const found = all(await render({ values }), "DatadogMonitor");
  return new Map(found.map(({ metadata, spec }) => [metadata.name.replace("rel-wallet-balance-exporter-", ""), spec]));
}

chartTest("with monitors the check also collects what they need: two levels, and the minimum as a tag", async () => {
  const { exclude_metrics: excluded, ...rest } = await instance(MONITORS);
  assert.ok(Array.isArray(excluded));
  assert.equal(excluded.some((pattern) => new RegExp(pattern).test("wallet_balance_threshold_eth")), false);
  assert.deepEqual(rest["exclude_metrics_by_labels"], { level: ["^(warning|target|maximum)$"] });
  assert.equal(rest["cache_shared_labels"], false);
  assert.deepEqual(rest["share_labels"], {
    wallet_balance_below_minimum: {
      match: ["namespace", "release", "network", "label", "address"],
      labels: ["min_balance_eth"],
    },
    wallet_balance_muted: {
      match: ["namespace", "release", "network", "label", "address"],
      labels: ["muted_until"],
    },
  });
  // The wallets' own labels are tags by themselves: no label is left out.
  assert.deepEqual(Object.keys(rest).filter((key) => /labels$/.test(key)).toSorted(), [
    "cache_shared_labels",
    "exclude_metrics_by_labels",
    "share_labels",
  ]);
});

chartTest("the guide configures the Agent of a VM like the chart", async () => {
  const guide = await Deno.readTextFile(`${CHART}/../docs/getting-started/datadog.md`);
  const [, text = ""] = /openmetrics\.d\/\S+ <<'END'\n([^]*?)\nEND\n/.exec(guide) ?? [];
  const { instances: [own] } = parse(text);
  assert.deepEqual({ ...own, openmetrics_endpoint: "" }, { ...await instance(MONITORS), openmetrics_endpoint: "" });
});

chartTest("monitors name the release, and use metrics that are collected", async () => {
  const found = await monitors({ datadog: { excludeNewMetrics: false, monitors: { enabled: true } } });
  assert.deepEqual([...found.keys()].toSorted(), [
    "below-critical",
    "below-minimum",
    "check-failing",
    "code-delegated",
    "critically-low",
    "down",
    "network-unreachable",
    "openmetrics",
    "running-empty",
    "token-below-minimum",
    "token-running-empty",
    "transactions-few-left",
    "transactions-silent",
    "transactions-stuck",
  ]);
  for (const [key, { name, query, message, priority }] of found) {
    assert.match(name, /ns\/rel/, key);
    assert.match(message, /\nRunbook: https:.*\/Wallet\w+\.md$/, key);
    assert.doesNotMatch(name + query + message, /@/, key);
    const used = [...query.matchAll(/wallet_balance\.(wallet_\w+)/g)].map(([, metric = ""]) => metric);
    assert.deepEqual(used.filter((metric) => !FAMILIES.has(metric)), [], key);
    // Every tag of a message is a group of the query.
    const [, groups = ""] = / by \{([^}]*)\}/.exec(query) ?? [];
    const tags = [...`${name} ${message}`.matchAll(/\{\{(\w+)\.name\}\}/g)].map(([, tag = ""]) => tag);
    assert.deepEqual(tags.filter((tag) => !groups.split(",").includes(tag)), [], key);
    const low = ["critically-low", "below-critical", "network-unreachable", "down", "code-delegated"].includes(key);
    assert.equal(priority === 1, low, key);
  }
  assert.equal((await monitors()).has("token-below-minimum"), false);
});

chartTest("the message about a low wallet has balance and minimum, if the check shares the minimum", async () => {
  const low = (await monitors()).get("below-minimum");
  assert.equal(
    low?.message.split("\n")[0],
    "Wallet {{label.name}} ({{address.name}}) on {{network.name}} holds {{value}}, less than its minimum of " +
      "{{min_balance_eth.name}}. Top it up today.",
  );
  assert.match(low?.query ?? "", /wallet_balance_eth\{[^}]*\} by \{label,address,network,min_balance_eth\} \+ /);
  const off = { datadog: { monitors: { enabled: true, showMinimum: false } } };
  const others = [off, { ...MONITORS, podAnnotations: null }, { ...MONITORS, ...Object(check({ metrics: [".*"] })) }];
  for (const values of others) {
    const plain = (await monitors(values)).get("below-minimum");
    assert.match(plain?.message ?? "", /holds \{\{value\}\}, less than its minimum\. /);
    assert.match(plain?.query ?? "", /wallet_balance_eth\{[^}]*\} by \{label,address,network\} \+ /);
  }
  assert.deepEqual(Object.keys(Object((await instance(off))["share_labels"])), ["wallet_balance_muted"]);
});

chartTest("monitors of wallets leave muted ones out", async () => {
  for (
    const [key, { query }] of await monitors({ datadog: { excludeNewMetrics: false, monitors: { enabled: true } } })
  ) {
    // A muted wallet that is delegated must not be topped up either.
    if (key === "code-delegated") continue;
    const scopes = [...query.matchAll(/wallet_balance\.wallet_(?!balance_exporter_)\w+\{([^}]*)\}/g)];
    assert.equal(scopes.length > 0, !["down", "openmetrics"].includes(key), key);
    for (const [, scope = ""] of scopes) assert.match(scope, /(^|,)!muted_until:2\*(,|$)/, key);
  }
});

chartTest("monitors are grouped by the wallets' own labels", async () => {
  const networks = [{ name: "a", wallets: [{ address: "0xA", label: "w", labels: { team: "core" } }] }];
  const values = {
    ...MONITORS,
    existingSecret: { name: "" },
    config: { networks },
    prometheusRule: { extraWalletLabels: ["tier"] },
  };
  for (const [key, { query }] of await monitors(values)) {
    if (/ by \{label/.test(query)) assert.match(query, / by \{label,address,network,team,tier[,}]/, key);
  }
});

chartTest("deploy/datadog/monitors.json has the monitors of the chart, for all releases", async () => {
  const json: readonly ApiMonitor[] = JSON.parse(await Deno.readTextFile(`${CHART}/../deploy/datadog/monitors.json`));
  const rendered = [
    ...(await monitors({ datadog: { excludeNewMetrics: false, monitors: { enabled: true } } })).values(),
  ];
  const generic = (text: string): string =>
    text.replaceAll("ns/rel", "{{namespace.name}}/{{release.name}}")
      .replaceAll("release:rel,namespace:ns,", "").replaceAll("release:rel,namespace:ns", "*")
      .replaceAll("by {label,address,network", "by {namespace,release,network,label,address")
      .replaceAll("by {network}", "by {namespace,release,network}")
      .replace("up{*} <", "up{*} by {namespace,release} <")
      .replace(/over\("kube.*?"\)/, 'over("*")')
      .replace(/(scrape wallet-balance-exporter) \{\{.*?}}\/\{\{.*?}}/, "$1 at {{endpoint.name}}");
  assert.deepEqual(
    json.map(({ name, type, query, message, priority }) => [name, type, query, message, priority]).toSorted(),
    rendered.map((
      { name, type, query, message, priority },
    ) => [generic(name), type, generic(query), generic(message), priority]).toSorted(),
  );
  for (const { name, options } of json) {
    assert.equal(options.notify_no_data, name.startsWith("No data"), name);
    assert.equal(options.no_data_timeframe, name.startsWith("No data") ? 20 : undefined, name);
  }
});

chartTest("the no-data monitor counts shards", async () => {
  const objects = await render({ values: { shards: 3, datadog: { monitors: { enabled: true } } } });
  const { query } = only(objects, "DatadogMonitor", "rel-wallet-balance-exporter-down").spec;
  assert.match(query, /count_nonzero\(max:wallet_balance\.wallet_balance_exporter_up\{.*\} by \{shard\}\) < 3$/);
  const alone = await render({ values: { replicaCount: 2, datadog: { monitors: { enabled: true } } } });
  assert.match(only(alone, "DatadogMonitor", "rel-wallet-balance-exporter-down").spec.query, /sum:.*_up\{.*\} < 1$/);
});

chartTest("monitors have the tags of the metrics, with numbers as strings", async () => {
  const tags = async (env: unknown): Promise<readonly string[]> => {
    const objects = await render({ values: { env, datadog: { monitors: { enabled: true } } } });
    return only(objects, "DatadogMonitor", "rel-wallet-balance-exporter-down").spec.tags;
  };
  assert.deepEqual(await tags(20240101), ["service:rel-wallet-balance-exporter", "env:20240101"]);
  assert.deepEqual(await tags(""), ["service:rel-wallet-balance-exporter"]);
});

/** The annotation of chart 1.x, with its instance changed. */
function check(instance: Readonly<Record<string, unknown>>): unknown {
  const own = { openmetrics_endpoint: "http://%%host%%:8080/metrics", namespace: "wallet_balance", ...instance };
  return {
    podAnnotations: { [NAME]: JSON.stringify({ openmetrics: { init_config: {}, instances: [own] } }, null, 2) },
  };
}

chartTest("a check copied from chart 1.x collects the same metrics", async () => {
  const { exclude_metrics: usual } = await instance();
  for (
    const metrics of [["^wallet_.*"], ["wallet_.*"], [".*"], ["^wallet_balance_exporter_up$", { "^wallet_.*": "w" }]]
  ) {
    const { exclude_metrics: excluded, metrics: kept } = await instance(check({ metrics }));
    assert.deepEqual([excluded, kept], [usual, metrics]);
  }
  // An instance that names a new metric or exclude_metrics is kept.
  for (const metrics of [["^wallet_.*", "wallet_token_balance"], [{ "^wallet_balance_spent_eth.*": "spent" }]]) {
    assert.equal((await instance(check({ metrics })))["exclude_metrics"], undefined, JSON.stringify(metrics));
  }
  const own = await instance(check({ metrics: ["^wallet_.*"], exclude_metrics: ["^x$"] }));
  assert.deepEqual(own["exclude_metrics"], ["^x$"]);
  const everything = { ...Object(check({ metrics: ["^wallet_.*"] })), datadog: { excludeNewMetrics: false } };
  assert.equal((await instance(everything))["exclude_metrics"], undefined);
});

chartTest("a check in the older annotation format is treated the same", async () => {
  const name = NAME.replace(".checks", ".instances");
  const instances = [{ openmetrics_endpoint: "http://%%host%%:8080/metrics", metrics: ["^wallet_.*"] }];
  const found = await annotations({ podAnnotations: { [NAME]: null, [name]: JSON.stringify(instances) } });
  const [first] = JSON.parse(found?.[name] ?? "[]");
  assert.equal(first.exclude_metrics.length, 3);
});

chartTest("an annotation that is not JSON, or is another check, is unchanged", async () => {
  for (const text of ["{not json", '{"http_check": {"instances": [{"metrics": ["^wallet_.*"]}]}}', "[]", '"a"']) {
    assert.equal((await annotations({ podAnnotations: { [NAME]: text } }))?.[NAME], text);
  }
});

chartTest("monitors query collected metrics of this release, and link a runbook", async () => {
  const values = { datadog: { monitors: { enabled: true, notify: "@team" } } };
  const monitors = all(await render({ values }), "DatadogMonitor");
  const { exclude_metrics: excluded } = await instance(values);
  assert.ok(Array.isArray(excluded));
  assert.ok(monitors.length >= 5);
  for (const { metadata, spec } of monitors) {
    for (const [, family = ""] of spec.query.matchAll(/:wallet_balance\.(\w+)\{/g)) {
      assert.ok(!excluded.some((pattern) => new RegExp(pattern).test(family)), `${family} is not collected`);
      assert.match(spec.query, /release:rel,namespace:ns/);
    }
    assert.match(spec.message, /\n@team$/, metadata.name);
    const [, runbook = ""] = /Runbook: .*\/(docs\/runbooks\/\w+\.md)\n/.exec(spec.message) ?? [];
    assert.ok((await Deno.stat(new URL(`../../${runbook}`, import.meta.url))).isFile, runbook);
    assert.equal(new Set(monitors.map((other) => other.metadata.name)).size, monitors.length);
  }
});
