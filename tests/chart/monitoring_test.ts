import assert from "node:assert/strict";
import { chartTest, render } from "./helm.ts";
import { type Of, only } from "./kube_object.ts";

/** Fields of both monitors. */
const EVERY_FIELD = {
  enabled: true,
  namespace: "monitoring",
  labels: { release: "stack" },
  annotations: { a: "b" },
  interval: "30s",
  scrapeTimeout: "10s",
  honorLabels: false,
  jobLabel: "x",
  podTargetLabels: ["p"],
  relabelings: [{ targetLabel: "a" }],
  metricRelabelings: [{ targetLabel: "b" }],
  scheme: "https",
  tlsConfig: { insecureSkipVerify: false },
  basicAuth: { username: { name: "s", key: "k" } },
  sampleLimit: 0,
  labelLimit: 1,
  labelNameLengthLimit: 2,
  labelValueLengthLimit: 3,
  targetLimit: 100_000_000,
  extraEndpoint: { followRedirects: false },
};

function endpointOf({ spec }: Of<"ServiceMonitor"> | Of<"PodMonitor">): Readonly<Record<string, unknown>> {
  const { endpoints = spec.podMetricsEndpoints } = spec;
  assert.ok(endpoints !== undefined, "there is no endpoint");
  return endpoints[0];
}

for (const [key, kind] of [["serviceMonitor", "ServiceMonitor"], ["podMonitor", "PodMonitor"]] as const) {
  chartTest(`${kind} selects the exporter and honors its labels with default values`, async () => {
    const objects = await render({ values: { [key]: { enabled: true } } });
    const { spec, metadata } = only(objects, kind);
    assert.equal(metadata.namespace, undefined);
    assert.deepEqual(endpointOf(only(objects, kind)), {
      port: "metrics",
      path: "/metrics",
      scheme: "http",
      honorLabels: true,
    });
    const labels = kind === "PodMonitor"
      ? only(objects, "Deployment").spec.template.metadata.labels
      : only(objects, "Service").metadata.labels ?? {};
    for (const [name, value] of Object.entries(spec.selector.matchLabels)) assert.equal(labels[name], value);
    assert.ok(labels[spec.jobLabel] !== undefined);
    assert.deepEqual(
      Object.keys(spec).toSorted(),
      [
        "jobLabel",
        "selector",
        kind === "PodMonitor" ? "podMetricsEndpoints" : "endpoints",
      ].toSorted(),
    );
  });

  chartTest(`${kind} renders every field`, async () => {
    const values = { [key]: { ...EVERY_FIELD, ...kind === "ServiceMonitor" ? { targetLabels: ["t"] } : {} } };
    const object = only(await render({ values }), kind);
    const { enabled: _, namespace, labels, annotations, extraEndpoint, ...fields } = EVERY_FIELD;
    assert.equal(object.metadata.namespace, namespace);
    // In another namespace it needs a namespaceSelector.
    assert.deepEqual(object.spec.namespaceSelector, { matchNames: ["ns"] });
    assert.equal(object.metadata.labels?.["release"], labels.release);
    assert.deepEqual(object.metadata.annotations, annotations);
    const found = { ...object.spec, ...endpointOf(object) };
    for (const [name, value] of Object.entries({ ...fields, ...extraEndpoint })) {
      assert.deepEqual(found[name], value, name);
    }
    if (kind === "ServiceMonitor") assert.deepEqual(found.targetLabels, ["t"]);
  });

  chartTest(`${kind} uses HTTPS with TLS`, async () => {
    const webConfig = { existingSecret: "web", tls: true };
    const endpoint = endpointOf(only(await render({ values: { [key]: { enabled: true }, webConfig } }), kind));
    assert.deepEqual([endpoint["scheme"], endpoint["tlsConfig"]], ["https", { insecureSkipVerify: true }]);
  });
}

chartTest("prometheusAnnotations adds prometheus.io annotations to Pods", async () => {
  const values = { prometheusAnnotations: { enabled: true }, ports: { metrics: 9100 } };
  const { annotations } = only(await render({ values }), "Deployment").spec.template.metadata;
  assert.deepEqual(
    Object.entries(annotations).filter(([name]) => name.startsWith("prometheus.io/")).toSorted(),
    [
      ["prometheus.io/path", "/metrics"],
      ["prometheus.io/port", "9100"],
      ["prometheus.io/scheme", "http"],
      ["prometheus.io/scrape", "true"],
    ],
  );
});

chartTest("the Service selects the Pods and refers to the port by name", async () => {
  const objects = await render({ values: { ports: { metrics: 9100 } } });
  const { spec } = only(objects, "Service");
  const { template } = only(objects, "Deployment").spec;
  assert.deepEqual(spec.ports, [{ name: "metrics", port: 9100, targetPort: "metrics", protocol: "TCP" }]);
  assert.deepEqual(template.spec.containers[0].ports, [{ name: "metrics", containerPort: 9100, protocol: "TCP" }]);
  for (const [name, value] of Object.entries(spec.selector)) assert.equal(template.metadata.labels[name], value);
  assert.ok(!(await render({ values: { service: { enabled: false } } })).some(({ kind }) => kind === "Service"));
});

chartTest("service.extraSpec overrides fields of the chart without duplicate keys", async () => {
  const { spec } = only(
    await render({ values: { service: { extraSpec: { type: "NodePort", externalName: "x" } } } }),
    "Service",
  );
  assert.deepEqual([spec.type, spec.externalName, spec.ports.length], ["NodePort", "x", 1]);
});

chartTest("the dashboard ConfigMap contains the file of the repository, for sidecar and operator", async () => {
  const objects = await render({
    // The GrafanaDashboard refers to the ConfigMap.
    values: { dashboard: { grafanaDashboard: { enabled: true, folder: "Wallets" } } },
  });
  const map = only(objects, "ConfigMap");
  assert.equal(map.metadata.labels?.["grafana_dashboard"], "1");
  const file = await Deno.readTextFile(new URL("../../deploy/grafana/dashboard.json", import.meta.url));
  assert.deepEqual(JSON.parse(map.data["rel-wallet-balance-exporter.json"] ?? ""), JSON.parse(file));
  const { configMapRef, folder } = only(objects, "GrafanaDashboard").spec;
  assert.deepEqual([configMapRef.name, folder], [map.metadata.name, "Wallets"]);
  assert.ok(map.data[configMapRef.key] !== undefined);
});
