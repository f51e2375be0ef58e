import assert from "node:assert/strict";
import { chartTest, render } from "./helm.ts";
import { all, containerOf, envOf, type Of, only } from "./kube_object.ts";

async function deployment(values?: unknown, release = "rel"): Promise<Of<"Deployment">> {
  return only(await render({ values, release }), "Deployment");
}

chartTest("file delivery mounts one key of the Secret, without subPath", async () => {
  const object = await deployment({ existingSecret: { name: "mine", field: "wallets.json" } });
  const { volumeMounts } = containerOf(object);
  const [mount] = volumeMounts;
  assert.deepEqual(object.spec.template.spec.volumes, [{
    name: "config",
    secret: { secretName: "mine", defaultMode: 0o440, items: [{ key: "wallets.json", path: "config" }] },
  }]);
  // Kubernetes does not update files mounted with subPath.
  assert.deepEqual(volumeMounts, [{ name: "config", mountPath: mount.mountPath, readOnly: true }]);
  const env = envOf(object);
  assert.equal(env["WALLET_CONFIG_FILE"], `${mount.mountPath}/config`);
  assert.equal(env["WALLET_CONFIG"], undefined);
});

chartTest("env delivery sets the variable of chart 1.x", async () => {
  const object = await deployment({ config: { delivery: "env" } });
  const env = envOf(object);
  const key = { name: "op-secrets", key: "wallet-balance-exporter" };
  assert.deepEqual(env["WALLET_CONFIG"], { secretKeyRef: key });
  assert.equal(env["WALLET_CONFIG_FILE"], undefined);
  assert.equal(object.spec.template.spec.volumes, undefined);
  assert.equal(containerOf(object).volumeMounts, undefined);
});

chartTest("the check interval is an integer without exponent, or the string", async () => {
  for (const [seconds, text] of [[300, "300"], ["60", "60"], [1e3, "1000"], [2_000_000, "2000000"], ["15m", "15m"]]) {
    assert.equal(envOf(await deployment({ config: { checkInterval: { seconds } } }))["CHECK_INTERVAL"], text);
  }
  const object = only(await render({ files: ["ci/extras-values.yaml"] }), "Deployment");
  assert.equal(envOf(object)["CHECK_INTERVAL"], "1000");
});

chartTest("extraEnv overrides variables of the chart", async () => {
  const extraEnv = [{ name: "CHECK_INTERVAL", value: "15s" }, { name: "RELEASE_NAME", valueFrom: { fieldRef: {} } }];
  const env = envOf(await deployment({ extraEnv }));
  assert.equal(env["CHECK_INTERVAL"], "15s");
  assert.deepEqual(env["RELEASE_NAME"], { fieldRef: {} });
  assert.equal(env["POD_NAMESPACE"], "ns");
});

chartTest("security contexts stay restricted when parts of them are overridden", async () => {
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

chartTest("Secret files are readable with and without an fsGroup", async () => {
  const web = { webConfig: { existingSecret: "web" }, caBundle: { secret: "ca" } };
  for (
    const [podSecurityContext, mode] of [
      [{}, 0o440],
      [{ fsGroup: 1000 }, 0o440],
      [null, 0o444],
      [{ fsGroup: null }, 0o444],
    ] as const
  ) {
    const { volumes } = (await deployment({ ...web, podSecurityContext })).spec.template.spec;
    assert.deepEqual(volumes.map(({ name, secret }) => [name, secret.defaultMode]), [
      ["config", mode],
      ["web", mode],
      ["ca", mode],
    ]);
  }
});

chartTest("ServiceAccount and Pods mount no token, and Pods have no service links", async () => {
  const objects = await render();
  assert.equal(only(objects, "ServiceAccount").automountServiceAccountToken, false);
  for (const pod of [only(objects, "Deployment").spec.template.spec, only(objects, "Pod").spec]) {
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
  }
  assert.equal(
    only(objects, "Deployment").spec.template.spec.serviceAccountName,
    only(objects, "ServiceAccount").metadata.name,
  );
});

chartTest("the image is composed of registry, repository, tag and digest", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const digest = `sha256:${"0".repeat(64)}`;
  for (
    const [values, image] of [
      [{}, `ghcr.io/agglayer/wallet-balance-exporter:${version}`],
      [{ image: { tag: "2.2" } }, "ghcr.io/agglayer/wallet-balance-exporter:2.2"],
      [{ image: { tag: 2.5 } }, "ghcr.io/agglayer/wallet-balance-exporter:2.5"],
      [{ image: { tag: 20240101 } }, "ghcr.io/agglayer/wallet-balance-exporter:20240101"],
      [{ image: { tag: "3.0.1" } }, "ghcr.io/agglayer/wallet-balance-exporter:3.0.1"],
      [{ image: { digest } }, `ghcr.io/agglayer/wallet-balance-exporter:${version}@${digest}`],
      [{ image: { tag: "1.2", digest } }, `ghcr.io/agglayer/wallet-balance-exporter:1.2@${digest}`],
      [{ image: { repository: "mine.example/x", tag: "2" } }, "mine.example/x:2"],
      [{ image: { repository: "localhost/x", tag: "2" } }, "localhost/x:2"],
      [{ image: { registry: "", repository: "a/b", tag: "2" } }, "a/b:2"],
      [{ image: { repository: null, tag: null } }, `ghcr.io/agglayer/wallet-balance-exporter:${version}`],
      [
        { global: { imageRegistry: "r.example:5000/" } },
        `r.example:5000/agglayer/wallet-balance-exporter:${version}`,
      ],
    ] as const
  ) {
    const objects = await render({ values });
    assert.equal(containerOf(only(objects, "Deployment")).image, image);
    assert.equal(only(objects, "Pod").spec.containers[0].image, image);
  }
});

chartTest("probes use HTTPS with TLS, and can be changed and removed", async () => {
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

chartTest("templates are evaluated only in documented values", async () => {
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
  const { annotations } = object.spec.template.metadata;
  assert.equal(annotations["vault.hashicorp.com/x"], braces);
  assert.equal(annotations["ad.datadoghq.com/x"], "rel");
  assert.equal(object.metadata.annotations?.["a"], braces);
  assert.equal(envOf(object)["A"], braces);
  assert.deepEqual([containerOf(object).args, containerOf(object).command], [["rel"], [braces]]);
  assert.equal(only(objects, "ConfigMap").metadata.name, "rel");
});

chartTest("another update strategy or probe handler replaces the default", async () => {
  const values = { strategy: { type: "Recreate" }, livenessProbe: { exec: { command: ["true"] } } };
  const object = await deployment(values);
  assert.deepEqual(object.spec.strategy, { type: "Recreate" });
  assert.equal(containerOf(object).livenessProbe.httpGet, undefined);
});

chartTest(
  "global.imagePullSecrets accepts names and objects",
  async () => {
    for (const imagePullSecrets of [["a"], [{ name: "a" }], "a", { name: "a" }, ["a", "", { name: "a" }]]) {
      const object = await deployment({ global: { imagePullSecrets, other: { key: 1 } } });
      assert.deepEqual(object.spec.template.spec.imagePullSecrets, [{ name: "a" }], JSON.stringify(imagePullSecrets));
    }
  },
);

chartTest("extraEnv accepts a variable without a value", async () => {
  assert.equal(envOf(await deployment({ extraEnv: [{ name: "A", value: null }] }))["A"], undefined);
});

chartTest("a duplicate image pull secret is rendered once", async () => {
  const secrets = [{ name: "x" }];
  const object = await deployment({ imagePullSecrets: secrets, global: { imagePullSecrets: secrets } });
  assert.deepEqual(object.spec.template.spec.imagePullSecrets, secrets);
});

chartTest("rules and monitors use RELEASE_NAME and CHECK_INTERVAL of extraEnv", async () => {
  const extraEnv = [{ name: "RELEASE_NAME", value: "legacy" }, { name: "CHECK_INTERVAL", value: "30m" }];
  const objects = await render({
    values: { extraEnv, prometheusRule: { enabled: true }, datadog: { monitors: { enabled: true } } },
  });
  const rules = JSON.stringify(only(objects, "PrometheusRule").spec);
  assert.ok(rules.includes('release=\\"legacy\\"') && !rules.includes('release=\\"rel\\"'));
  assert.ok(rules.includes("offset 30m"));
  for (const { spec } of all(objects, "DatadogMonitor")) {
    if (spec.type !== "service check") assert.match(spec.query, /release:legacy/);
  }
});
