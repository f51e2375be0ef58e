import assert from "node:assert/strict";
import { metricNames } from "../fakes/metric_names.ts";
import { ORIGINAL } from "../program/page.ts";
import { chartTest, render } from "./helm.ts";
import { all, only } from "./kube_object.ts";

const originals: ReadonlySet<string> = new Set(ORIGINAL);
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
  const objects = await render({ values: { datadog: { monitors: { enabled: true, notify: "@team" } } } });
  const monitors = all(objects, "DatadogMonitor");
  assert.ok(monitors.length >= 5);
  for (const { metadata, spec } of monitors) {
    for (const [, family = ""] of spec.query.matchAll(/:wallet_balance\.(\w+)\{/g)) {
      assert.ok(originals.has(family), `${family} is not collected by default`);
      assert.match(spec.query, /release:rel,namespace:ns/);
    }
    assert.match(spec.message, /\n@team$/, metadata.name);
    const [, runbook = ""] = /Runbook: .*\/(docs\/runbooks\/\w+\.md)\n/.exec(spec.message) ?? [];
    assert.ok((await Deno.stat(new URL(`../../${runbook}`, import.meta.url))).isFile, runbook);
    assert.equal(new Set(monitors.map((other) => other.metadata.name)).size, monitors.length);
  }
});
