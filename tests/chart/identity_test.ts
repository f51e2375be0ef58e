import assert from "node:assert/strict";
import { chartTest, render } from "./helm.ts";
import { all, containerOf, envOf, type Of, only } from "./kube_object.ts";

async function deployment(values?: unknown, release = "rel"): Promise<Of<"Deployment">> {
  return only(await render({ values, release }), "Deployment");
}

chartTest("a default installation keeps name, selector, container, replicas and tags of chart 1.x", async () => {
  const { metadata, spec } = await deployment();
  assert.equal(metadata.name, "rel-wallet-balance-exporter");
  // No namespace, so that `helm template | kubectl apply -n` can set it.
  assert.equal(metadata.namespace, undefined);
  const selector = { "app.kubernetes.io/name": "wallet-balance-exporter", "app.kubernetes.io/instance": "rel" };
  assert.deepEqual(spec.selector, { matchLabels: selector });
  assert.deepEqual(spec.template.spec.containers.map(({ name }) => name), ["wallet-balance-exporter"]);
  assert.deepEqual([spec.replicas, spec.revisionHistoryLimit], [1, 3]);
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const labels = {
    ...selector,
    "helm.sh/chart": `wallet-balance-exporter-${version}`,
    "app.kubernetes.io/version": version,
    "app.kubernetes.io/managed-by": "Helm",
    "tags.datadoghq.com/service": "rel-wallet-balance-exporter",
    "tags.datadoghq.com/version": version,
  };
  assert.deepEqual(metadata.labels, { ...labels, "tags.datadoghq.com/env": "bali" });
  assert.deepEqual(spec.template.metadata.labels, labels);
});

chartTest("the full name is the release name if that contains the chart name, truncated to 63 characters", async () => {
  for (
    const [release, values, name] of [
      ["my-wallet-balance-exporter", {}, "my-wallet-balance-exporter"],
      ["rel", { nameOverride: "balances" }, "rel-balances"],
      ["rel", { fullnameOverride: "x".repeat(63) }, "x".repeat(63)],
      ["r".repeat(53), {}, `${"r".repeat(53)}-wallet-ba`],
      ["rel", { fullnameOverride: `${"x".repeat(61)}-b` }, `${"x".repeat(61)}-b`],
      ["rel", { fullnameOverride: "x".repeat(70) }, "x".repeat(63)],
      ["rel", { fullnameOverride: "balances-" }, "balances"],
      ["rel", { nameOverride: "balances-" }, "rel-balances"],
      ["rel", { nameOverride: "My_App" }, "rel-my-app"],
      ["1rel", {}, "1rel-wallet-balance-exporter"],
    ] as const
  ) {
    const objects = await render({
      release,
      values: { ...values, existingSecret: { name: "" }, config: { text: "{}" }, dashboard: { enabled: true } },
    });
    assert.equal(only(objects, "Deployment").metadata.name, name);
    for (const { metadata } of objects) {
      assert.ok(metadata.name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(metadata.name), metadata.name);
    }
    assert.equal(new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size, objects.length);
  }
});

chartTest("nameOverride accepts every name that chart 1.x accepted in its selector", async () => {
  for (
    const [nameOverride, label] of [
      ["my.app", "my.app"],
      ["my_app", "my_app"],
      ["MyApp", "MyApp"],
      ["app-", "app"],
      ["x".repeat(80), "x".repeat(63)],
    ] as const
  ) {
    const objects = await render({ values: { nameOverride, fullnameOverride: "app" } });
    const { spec } = only(objects, "Deployment");
    assert.equal(spec.selector.matchLabels["app.kubernetes.io/name"], label);
    assert.equal(only(objects, "Service").spec.selector["app.kubernetes.io/name"], label);
  }
});

chartTest("a Service name starts with a letter even if the release name does not", async () => {
  const objects = await render({ release: "1rel" });
  assert.equal(only(objects, "Service").metadata.name, "svc-1rel-wallet-balance-exporter");
  assert.match(only(objects, "Pod").spec.containers[0].args[1], /\/\/svc-1rel-wallet-balance-exporter\.ns\.svc:/);
  const long = only(await render({ values: { fullnameOverride: "1".repeat(63) } }), "Service").metadata.name;
  assert.ok(long.length <= 63, long);
});

chartTest("the container name ignores name overrides, since Datadog annotations refer to it", async () => {
  const { spec } = await deployment({ nameOverride: "a", fullnameOverride: "b" });
  assert.equal(spec.template.spec.containers[0].name, "wallet-balance-exporter");
  assert.equal(spec.selector.matchLabels["app.kubernetes.io/name"], "a");
});

chartTest("a numeric release name stays a string everywhere", async () => {
  for (const object of await render({ release: "123", values: { nameOverride: "456" } })) {
    assert.equal(typeof object.metadata.name, "string");
    for (const value of Object.values(object.metadata.labels ?? {})) assert.equal(typeof value, "string");
  }
});

chartTest("Datadog tags are strings on the Deployment and its Pods", async () => {
  for (const [env, text] of [["123", "123"], [123, "123"], [true, "true"], ["true", "true"], ["x ", "x"]] as const) {
    const { metadata, spec } = await deployment({ env });
    assert.equal(metadata.labels?.["tags.datadoghq.com/env"], text);
    assert.equal(spec.template.metadata.labels["tags.datadoghq.com/env"], text);
  }
});

chartTest("an empty env labels the Deployment as in chart 1.x, and tags no metric", async () => {
  for (const env of ["", null, false, 0]) {
    const { metadata, spec } = await deployment({ env });
    assert.equal(metadata.labels?.["tags.datadoghq.com/env"], "bali");
    assert.equal(spec.template.metadata.labels["tags.datadoghq.com/env"], undefined);
    for (const labels of [metadata.labels, spec.template.metadata.labels]) {
      assert.equal(labels?.["tags.datadoghq.com/service"], "rel-wallet-balance-exporter");
    }
  }
});

chartTest("shards share one Datadog service", async () => {
  for (const { spec } of all(await render({ values: { shards: 2 } }), "Deployment")) {
    assert.equal(spec.template.metadata.labels["tags.datadoghq.com/service"], "rel-wallet-balance-exporter");
  }
});

chartTest("namespaceOverride and commonLabels apply to all objects and their references", async () => {
  const objects = await render({
    values: {
      namespaceOverride: "elsewhere",
      commonLabels: { team: "wallets", "app.kubernetes.io/instance": "not this" },
      serviceMonitor: { enabled: true, namespace: "monitoring" },
      networkPolicy: { enabled: true },
      podDisruptionBudget: { enabled: true },
      externalSecret: { enabled: true, secretStoreRef: { name: "a" }, remoteRef: { key: "b" } },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
    },
  });
  for (const { kind, metadata } of objects) {
    assert.equal(metadata.namespace, kind === "ServiceMonitor" ? "monitoring" : "elsewhere", kind);
    assert.equal(metadata.labels?.["team"], "wallets", kind);
    assert.equal(metadata.labels?.["app.kubernetes.io/instance"], "rel", kind);
  }
  assert.deepEqual(only(objects, "ServiceMonitor").spec.namespaceSelector, { matchNames: ["elsewhere"] });
  assert.equal(envOf(only(objects, "Deployment"))["POD_NAMESPACE"], "elsewhere");
});

chartTest("shards render one Deployment each, which differ only in the shard", async () => {
  const objects = await render({ values: { shards: 3, extraArgs: ["--log.level=debug"] } });
  const shards = all(objects, "Deployment");
  assert.deepEqual(
    shards.map(({ metadata }) => metadata.name),
    [0, 1, 2].map((shard) => `rel-wallet-balance-exporter-shard-${shard}`),
  );
  const selectors = shards.map((object) => JSON.stringify(object.spec.selector.matchLabels));
  assert.equal(new Set(selectors).size, 3);
  for (const [index, object] of shards.entries()) {
    assert.deepEqual(containerOf(object).args, ["--log.level=debug"]);
    // A variable, so that overriding all arguments does not lose it.
    assert.equal(envOf(object)["SHARD"], `${index}/3`);
    const labels = object.spec.template.metadata.labels;
    for (const [name, value] of Object.entries(object.spec.selector.matchLabels)) assert.equal(labels[name], value);
    for (const [name, value] of Object.entries(only(objects, "Service").spec.selector)) {
      assert.equal(labels[name], value, "the Service does not select the shard");
    }
  }
});

chartTest("the helm test Pod checks the Service and is not selected by it", async () => {
  const objects = await render({ values: { service: { port: 80 } } });
  const pod = only(objects, "Pod");
  const selector = Object.entries(only(objects, "Service").spec.selector);
  assert.ok(selector.some(([name, value]) => pod.metadata.labels?.[name] !== value), "the Service would select it");
  assert.deepEqual(pod.spec.containers[0].args, [
    "healthcheck",
    "--url=http://rel-wallet-balance-exporter.ns.svc:80/-/healthy",
  ]);
});

chartTest("a release name with a dot yields a Service name without it, used everywhere", async () => {
  const objects = await render({ release: "my.rel" });
  assert.equal(only(objects, "Deployment").metadata.name, "my.rel-wallet-balance-exporter");
  assert.equal(only(objects, "Service").metadata.name, "my-rel-wallet-balance-exporter");
  assert.match(only(objects, "Pod").spec.containers[0].args[1], /\/\/my-rel-wallet-balance-exporter\.ns\.svc:/);
});

chartTest("truncated names stay distinct between releases", async () => {
  const values = { datadog: { monitors: { enabled: true } } };
  const names = async (release: string): Promise<readonly string[]> =>
    all(await render({ release, values }), "DatadogMonitor").map(({ metadata }) => metadata.name);
  const [one, other] = [await names(`${"a".repeat(52)}b`), await names(`${"a".repeat(52)}c`)];
  assert.deepEqual(one.filter((name) => other.includes(name)), []);
});

chartTest("large numbers have no exponent, from files and from --set", async () => {
  for (const args of [[], ["--set=env=20240101", "--set=podAnnotations.build=20240101"]]) {
    const values = args.length > 0 ? undefined : { env: 20240101, podAnnotations: { build: 20240101 } };
    const { template } = only(await render({ values, args }), "Deployment").spec;
    assert.equal(template.metadata.labels["tags.datadoghq.com/env"], "20240101");
    assert.equal(template.metadata.annotations.build, "20240101");
  }
});

chartTest("strings that look like numbers stay strings in every object", async () => {
  const values = {
    priorityClassName: "1000",
    runtimeClassName: "1e3",
    schedulerName: "true",
    existingSecret: { name: "123", field: "456" },
    externalSecret: { enabled: true, refreshInterval: "0", secretStoreRef: { name: "1" }, remoteRef: { key: "2" } },
    serviceMonitor: { enabled: true, jobLabel: "1" },
    namespaceOverride: "12345",
  };
  const objects = await render({ values });
  const pod = only(objects, "Deployment").spec.template.spec;
  assert.deepEqual([pod.priorityClassName, pod.runtimeClassName, pod.schedulerName], ["1000", "1e3", "true"]);
  const { refreshInterval, target, data, secretStoreRef } = only(objects, "ExternalSecret").spec;
  assert.deepEqual([refreshInterval, target.name, data[0].secretKey, secretStoreRef.name], ["0", "123", "456", "1"]);
  const { jobLabel, namespaceSelector } = only(objects, "ServiceMonitor").spec;
  assert.deepEqual([jobLabel, namespaceSelector?.matchNames], ["1", ["12345"]]);
  for (const { metadata } of objects) assert.equal(metadata.namespace, "12345");
});
