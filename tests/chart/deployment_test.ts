import assert from "node:assert/strict";
import { containerOf, type KubeObject, only, render } from "./helm.ts";
import { chartTest } from "./with_helm.ts";

type Named = { readonly name: string };

function envOf(deployment: KubeObject): Readonly<Record<string, unknown>> {
  const env: readonly (Named & { readonly value?: string; readonly valueFrom?: unknown })[] =
    containerOf(deployment).env;
  const names = env.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)], "a variable stands twice: server-side apply refuses that");
  return Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

async function deployment(values?: unknown, release = "rel"): Promise<KubeObject> {
  return only(await render({ values, release }), "Deployment");
}

chartTest("a default install is what the original's is: name, selector, container, replicas, tags", async () => {
  const { metadata, spec } = await deployment();
  assert.equal(metadata.name, "rel-wallet-balance-exporter");
  assert.equal(metadata.namespace, "ns");
  const selector = { "app.kubernetes.io/name": "wallet-balance-exporter", "app.kubernetes.io/instance": "rel" };
  assert.deepEqual(spec.selector, { matchLabels: selector });
  assert.deepEqual(spec.template.spec.containers.map(({ name }: Named) => name), ["wallet-balance-exporter"]);
  assert.deepEqual([spec.replicas, spec.revisionHistoryLimit], [1, 3]);
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const labels = {
    ...selector,
    "helm.sh/chart": `wallet-balance-exporter-${version}`,
    "app.kubernetes.io/version": version,
    "app.kubernetes.io/managed-by": "Helm",
    "tags.datadoghq.com/env": "bali",
    "tags.datadoghq.com/service": "wallet-balance-exporter",
    "tags.datadoghq.com/version": version,
  };
  assert.deepEqual(metadata.labels, labels);
  assert.deepEqual(spec.template.metadata.labels, labels);
});

chartTest("the full name is the release's where that has the chart's, and is cut at 63 characters", async () => {
  for (
    const [release, values, name] of [
      ["my-wallet-balance-exporter", {}, "my-wallet-balance-exporter"],
      ["rel", { nameOverride: "balances" }, "rel-balances"],
      ["rel", { fullnameOverride: "x".repeat(63) }, "x".repeat(63)],
      ["r".repeat(53), {}, `${"r".repeat(53)}-wallet-ba`],
      ["rel", { fullnameOverride: `${"x".repeat(61)}-b` }, `${"x".repeat(61)}-b`],
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

chartTest("the container keeps its name whatever is overridden: Datadog's annotation is by that", async () => {
  const { spec } = await deployment({ nameOverride: "a", fullnameOverride: "b" });
  assert.equal(spec.template.spec.containers[0].name, "wallet-balance-exporter");
  assert.equal(spec.selector.matchLabels["app.kubernetes.io/name"], "a");
});

chartTest("a release whose name is a number stays a text everywhere", async () => {
  for (const object of await render({ release: "123", values: { nameOverride: "456" } })) {
    assert.equal(typeof object.metadata.name, "string");
    for (const value of Object.values(object.metadata.labels ?? {})) assert.equal(typeof value, "string");
  }
});

chartTest("tags are texts, on the Deployment and on its Pods", async () => {
  for (const [env, text] of [["123", "123"], [123, "123"], [true, "true"], ["true", "true"]] as const) {
    const { metadata, spec } = await deployment({ env });
    assert.equal(metadata.labels?.["tags.datadoghq.com/env"], text);
    assert.equal(spec.template.metadata.labels["tags.datadoghq.com/env"], text);
  }
});

chartTest("the configuration comes as a file: that key of the Secret and no other, renewed while it runs", async () => {
  const object = await deployment({ existingSecret: { name: "mine", field: "wallets.json" } });
  const { volumeMounts } = containerOf(object);
  const [mount] = volumeMounts;
  assert.deepEqual(object["spec"].template.spec.volumes, [{
    name: "config",
    secret: { secretName: "mine", defaultMode: 0o440, items: [{ key: "wallets.json", path: "config" }] },
  }]);
  // With a subPath a change would never arrive.
  assert.deepEqual(volumeMounts, [{ name: "config", mountPath: mount.mountPath, readOnly: true }]);
  const env = envOf(object);
  assert.equal(env["WALLET_CONFIG_FILE"], `${mount.mountPath}/config`);
  assert.equal(env["WALLET_CONFIG"], undefined);
});

chartTest("the configuration comes as the original's variable on request", async () => {
  const object = await deployment({ config: { delivery: "env" } });
  const env = envOf(object);
  const key = { name: "op-secrets", key: "wallet-balance-exporter" };
  assert.deepEqual(env["WALLET_CONFIG"], { secretKeyRef: key });
  assert.equal(env["WALLET_CONFIG_FILE"], undefined);
  assert.equal(object["spec"].template.spec.volumes, undefined);
  assert.equal(containerOf(object).volumeMounts, undefined);
});

chartTest("the interval is a number without an exponent, or the text as it stands", async () => {
  for (const [seconds, text] of [[300, "300"], ["60", "60"], [1e3, "1000"], [2_000_000, "2000000"], ["15m", "15m"]]) {
    assert.equal(envOf(await deployment({ config: { checkInterval: { seconds } } }))["CHECK_INTERVAL"], text);
  }
  const [object] = (await render({ files: ["ci/extras-values.yaml"] })).filter(({ kind }) => kind === "Deployment");
  assert.equal(envOf(object as KubeObject)["CHECK_INTERVAL"], "1000");
});

chartTest("a variable of the user takes the place of the chart's", async () => {
  const extraEnv = [{ name: "CHECK_INTERVAL", value: "15s" }, { name: "RELEASE_NAME", valueFrom: { fieldRef: {} } }];
  const env = envOf(await deployment({ extraEnv }));
  assert.equal(env["CHECK_INTERVAL"], "15s");
  assert.deepEqual(env["RELEASE_NAME"], { fieldRef: {} });
  assert.equal(env["POD_NAMESPACE"], "ns");
});

chartTest("the restricted profile stays complete when parts of it are overridden", async () => {
  const { spec } = await deployment({
    podSecurityContext: { runAsUser: 65534 },
    securityContext: { runAsUser: 65534 },
  });
  const pod = spec.template.spec;
  assert.equal(pod.securityContext.runAsUser, 65534);
  assert.equal(pod.securityContext.runAsNonRoot, true);
  assert.deepEqual(pod.securityContext.seccompProfile, { type: "RuntimeDefault" });
  const own = pod.containers[0].securityContext;
  assert.deepEqual(
    [own.allowPrivilegeEscalation, own.readOnlyRootFilesystem, own.capabilities],
    [false, true, { drop: ["ALL"] }],
  );
});

chartTest("there is no token, on the account and on the Pods, and no link to neighbours", async () => {
  const objects = await render();
  assert.equal(only(objects, "ServiceAccount")["automountServiceAccountToken"], false);
  for (const pod of [only(objects, "Deployment")["spec"].template.spec, only(objects, "Pod")["spec"]]) {
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
  }
  assert.equal(
    only(objects, "Deployment")["spec"].template.spec.serviceAccountName,
    only(objects, "ServiceAccount").metadata.name,
  );
});

chartTest("images are put together of registry, repository, tag and digest", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const digest = `sha256:${"0".repeat(64)}`;
  for (
    const [values, image] of [
      [{}, `ghcr.io/agglayer/wallet-balance-exporter:${version}`],
      [{ image: { tag: "1.2" } }, "ghcr.io/agglayer/wallet-balance-exporter:1.2"],
      [{ image: { digest } }, `ghcr.io/agglayer/wallet-balance-exporter:${version}@${digest}`],
      [{ image: { tag: "1.2", digest } }, `ghcr.io/agglayer/wallet-balance-exporter:1.2@${digest}`],
      [{ image: { repository: "mine.example/x", tag: "1" } }, "mine.example/x:1"],
      [{ image: { repository: "localhost/x", tag: "1" } }, "localhost/x:1"],
      [{ image: { registry: "", repository: "a/b", tag: "1" } }, "a/b:1"],
      [{ image: { repository: null, tag: null } }, `ghcr.io/agglayer/wallet-balance-exporter:${version}`],
      [
        { global: { imageRegistry: "r.example:5000/" } },
        `r.example:5000/agglayer/wallet-balance-exporter:${version}`,
      ],
    ] as const
  ) {
    const objects = await render({ values });
    assert.equal(containerOf(only(objects, "Deployment")).image, image);
    assert.equal(only(objects, "Pod")["spec"].containers[0].image, image);
  }
});

chartTest("probes follow the certificate, and can be changed and left out", async () => {
  const web = { existingSecret: "web", tls: true };
  const secured = containerOf(await deployment({ webConfig: web, livenessProbe: { httpGet: { scheme: "HTTP" } } }));
  assert.equal(secured.startupProbe.httpGet.scheme, "HTTPS");
  assert.equal(secured.readinessProbe.httpGet.scheme, "HTTPS");
  assert.equal(secured.livenessProbe.httpGet.scheme, "HTTP");
  const plain = containerOf(await deployment({ startupProbe: null }));
  assert.equal(plain.startupProbe, undefined);
  assert.deepEqual([plain.livenessProbe.httpGet.path, plain.readinessProbe.httpGet.path], ["/-/healthy", "/-/ready"]);
  assert.equal(plain.livenessProbe.httpGet.scheme, undefined);
});

chartTest("a namespace and labels of one's own are on every object, and on what points to them", async () => {
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
  assert.deepEqual(only(objects, "ServiceMonitor")["spec"].namespaceSelector, { matchNames: ["elsewhere"] });
  assert.equal(envOf(only(objects, "Deployment"))["POD_NAMESPACE"], "elsewhere");
});

chartTest("shards are Deployments of their own that share everything but their part", async () => {
  const objects = await render({ values: { shards: 3, extraArgs: ["--log.level=debug"] } });
  const shards = objects.filter(({ kind }) => kind === "Deployment");
  assert.deepEqual(
    shards.map(({ metadata }) => metadata.name),
    [0, 1, 2].map((shard) => `rel-wallet-balance-exporter-shard-${shard}`),
  );
  const selectors = shards.map((object) => JSON.stringify(object["spec"].selector.matchLabels));
  assert.equal(new Set(selectors).size, 3);
  for (const [index, object] of shards.entries()) {
    assert.deepEqual(containerOf(object).args, ["--log.level=debug"]);
    // A variable, so that whoever replaces all flags does not lose it.
    assert.equal(envOf(object)["SHARD"], `${index}/3`);
    const labels = object["spec"].template.metadata.labels;
    for (const [name, value] of Object.entries(object["spec"].selector.matchLabels)) assert.equal(labels[name], value);
    for (const [name, value] of Object.entries(only(objects, "Service")["spec"].selector)) {
      assert.equal(labels[name], value, "the Service does not select the shard");
    }
  }
});

chartTest("what helm test starts is no target of the Service, and asks the Service", async () => {
  const objects = await render({ values: { service: { port: 80 } } });
  const pod = only(objects, "Pod");
  const selector = Object.entries(only(objects, "Service")["spec"].selector);
  assert.ok(selector.some(([name, value]) => pod.metadata.labels?.[name] !== value), "the Service would select it");
  assert.deepEqual(pod["spec"].containers[0].args, [
    "healthcheck",
    "--url=http://rel-wallet-balance-exporter.ns.svc:80/-/healthy",
  ]);
});

chartTest("templates are evaluated where that is documented, and nowhere else", async () => {
  const braces = "{{ .Release.Name }}";
  const objects = await render({
    values: {
      podAnnotations: { "vault.hashicorp.com/x": braces, "ad.datadoghq.com/x": braces },
      deploymentAnnotations: { a: braces },
      podLabels: {},
      extraEnv: [{ name: "A", value: braces }],
      extraArgs: [braces],
      command: [braces],
      extraObjects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: braces } }],
    },
  });
  const object = only(objects, "Deployment");
  const { annotations } = object["spec"].template.metadata;
  assert.equal(annotations["vault.hashicorp.com/x"], braces);
  assert.equal(annotations["ad.datadoghq.com/x"], "rel");
  assert.equal(object.metadata.annotations?.["a"], braces);
  assert.equal(envOf(object)["A"], braces);
  assert.deepEqual([containerOf(object).args, containerOf(object).command], [["rel"], [braces]]);
  assert.equal(only(objects, "ConfigMap").metadata.name, "rel");
});

chartTest("a release whose name has a dot gets a Service without one, which everything asks", async () => {
  const objects = await render({ release: "my.rel" });
  assert.equal(only(objects, "Deployment").metadata.name, "my.rel-wallet-balance-exporter");
  assert.equal(only(objects, "Service").metadata.name, "my-rel-wallet-balance-exporter");
  assert.match(only(objects, "Pod")["spec"].containers[0].args[1], /\/\/my-rel-wallet-balance-exporter\.ns\.svc:/);
});

chartTest("names that are cut still tell one release from another", async () => {
  const values = { datadog: { monitors: { enabled: true } } };
  const names = async (release: string): Promise<readonly string[]> =>
    (await render({ release, values })).filter(({ kind }) => kind === "DatadogMonitor").map(({ metadata }) =>
      metadata.name
    );
  const [one, other] = [await names(`${"a".repeat(52)}b`), await names(`${"a".repeat(52)}c`)];
  assert.deepEqual(one.filter((name) => other.includes(name)), []);
});

chartTest("numbers are written out, from files as from the command line", async () => {
  for (const args of [[], ["--set=env=20240101", "--set=podAnnotations.build=20240101"]]) {
    const values = args.length > 0 ? undefined : { env: 20240101, podAnnotations: { build: 20240101 } };
    const { template } = only(await render({ values, args }), "Deployment")["spec"];
    assert.equal(template.metadata.labels["tags.datadoghq.com/env"], "20240101");
    assert.equal(template.metadata.annotations.build, "20240101");
  }
});

chartTest("texts that look like numbers stay texts, whatever object they are in", async () => {
  const values = {
    priorityClassName: "1000",
    runtimeClassName: "1e3",
    schedulerName: "true",
    existingSecret: { name: "123", field: "456" },
    externalSecret: { enabled: true, refreshInterval: "0", secretStoreRef: { name: "1" }, remoteRef: { key: "2" } },
    serviceMonitor: { enabled: true, jobLabel: "1" },
  };
  const objects = await render({ namespace: "12345", values });
  const pod = only(objects, "Deployment")["spec"].template.spec;
  assert.deepEqual([pod.priorityClassName, pod.runtimeClassName, pod.schedulerName], ["1000", "1e3", "true"]);
  const { refreshInterval, target, data, secretStoreRef } = only(objects, "ExternalSecret")["spec"];
  assert.deepEqual([refreshInterval, target.name, data[0].secretKey, secretStoreRef.name], ["0", "123", "456", "1"]);
  const { jobLabel, namespaceSelector } = only(objects, "ServiceMonitor")["spec"];
  assert.deepEqual([jobLabel, namespaceSelector.matchNames], ["1", ["12345"]]);
  for (const { metadata } of objects) assert.equal(metadata.namespace, "12345");
});

chartTest("another strategy and another handler take the place of the default's", async () => {
  const values = { strategy: { type: "Recreate" }, livenessProbe: { exec: { command: ["true"] } } };
  const object = await deployment(values);
  assert.deepEqual(object["spec"].strategy, { type: "Recreate" });
  assert.equal(containerOf(object).livenessProbe.httpGet, undefined);
});

chartTest("a Secret to pull with that is named twice stands there once", async () => {
  const secrets = [{ name: "x" }];
  const object = await deployment({ imagePullSecrets: secrets, global: { imagePullSecrets: secrets } });
  assert.deepEqual(object["spec"].template.spec.imagePullSecrets, secrets);
});

chartTest("what the user tells the program of itself is what rules and monitors look for", async () => {
  const extraEnv = [{ name: "RELEASE_NAME", value: "legacy" }, { name: "CHECK_INTERVAL", value: "30m" }];
  const objects = await render({
    values: { extraEnv, prometheusRule: { enabled: true }, datadog: { monitors: { enabled: true } } },
  });
  const rules = JSON.stringify(only(objects, "PrometheusRule")["spec"]);
  assert.ok(rules.includes('release=\\"legacy\\"') && !rules.includes('release=\\"rel\\"'));
  assert.ok(rules.includes("offset 30m"));
  for (const { kind, spec } of objects) {
    if (kind === "DatadogMonitor" && spec.type !== "service check") assert.match(spec.query, /release:legacy/);
  }
});
