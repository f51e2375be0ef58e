import assert from "node:assert/strict";
import { chartTest, render } from "./helm.ts";
import { containerOf, only } from "./kube_object.ts";

chartTest("the NetworkPolicy allows DNS and public endpoints, but not private networks or cloud metadata", async () => {
  const { spec } = only(await render({ values: { networkPolicy: { enabled: true } } }), "NetworkPolicy");
  assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
  const [names, nodes] = spec.egress;
  assert.deepEqual(names?.ports, [{ port: 53, protocol: "UDP" }, { port: 53, protocol: "TCP" }]);
  assert.deepEqual(nodes?.ports, [{ port: 443, protocol: "TCP" }]);
  const [four, six] = (nodes?.to ?? []).map(({ ipBlock }) => ipBlock);
  assert.deepEqual([four?.cidr, six?.cidr], ["0.0.0.0/0", "::/0"]);
  for (const range of ["169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]) {
    assert.ok(four?.except.includes(range), range);
  }
  for (const range of ["fe80::/10", "fc00::/7"]) assert.ok(six?.except.includes(range), range);
});

chartTest("the NetworkPolicy allows configured sources and the helm test Pod on the container port", async () => {
  const from = [{ namespaceSelector: { matchLabels: { a: "b" } } }];
  const objects = await render({ values: { networkPolicy: { enabled: true, ingress: { from } } } });
  const { spec } = only(objects, "NetworkPolicy");
  const [rule] = spec.ingress;
  assert.deepEqual(rule?.ports, [{ port: "metrics", protocol: "TCP" }]);
  assert.deepEqual(rule?.from?.[0], from[0]);
  const labels = only(objects, "Pod").metadata.labels ?? {};
  for (const [name, value] of Object.entries(rule?.from?.[1]?.podSelector?.matchLabels ?? { none: "" })) {
    assert.equal(labels[name], value);
  }
  const template = only(objects, "Deployment").spec.template.metadata;
  for (const [name, value] of Object.entries(spec.podSelector.matchLabels)) assert.equal(template.labels[name], value);
  // Without a list all sources are allowed: a rule without `from`, not a policy without rules.
  const open = only(await render({ values: { networkPolicy: { enabled: true } } }), "NetworkPolicy").spec;
  assert.deepEqual(open.ingress, [{ ports: [{ port: "metrics", protocol: "TCP" }] }]);
});

chartTest("the NetworkPolicy without egress does not restrict outbound traffic", async () => {
  const values = { networkPolicy: { enabled: true, egress: { enabled: false } } };
  const { spec } = only(await render({ values }), "NetworkPolicy");
  assert.deepEqual([spec.policyTypes, spec.egress], [["Ingress"], undefined]);
});

chartTest("the PodDisruptionBudget allows drains by default, and has one field", async () => {
  const budget = async (values: unknown, kubeVersion = "1.33.0"): Promise<Readonly<Record<string, unknown>>> => {
    const { selector, ...rest } =
      only(await render({ values: { podDisruptionBudget: values }, kubeVersion }), "PodDisruptionBudget").spec;
    assert.equal(selector.matchLabels["app.kubernetes.io/instance"], "rel");
    return rest;
  };
  assert.deepEqual(await budget({ enabled: true }), { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  assert.deepEqual(await budget({ enabled: true }, "1.26.0"), { maxUnavailable: 1 });
  assert.deepEqual(await budget({ enabled: true, minAvailable: "50%" }, "1.26.0"), { minAvailable: "50%" });
  assert.deepEqual(await budget({ enabled: true, maxUnavailable: 0 }, "1.26.0"), { maxUnavailable: 0 });
});

chartTest("CA bundle, proxy and web configuration are rendered", async () => {
  const objects = await render({ files: ["ci/secured-values.yaml"] });
  const deployment = only(objects, "Deployment");
  const { env, volumeMounts } = containerOf(deployment);
  const valueOf = (name: string): string => env.find((one) => one.name === name)?.value ?? "none";
  const mountOf = (name: string): string => volumeMounts.find((one) => one.name === name)?.mountPath ?? "none";
  assert.equal(valueOf("DENO_CERT"), `${mountOf("ca")}/ca.crt`);
  assert.equal(valueOf("WEB_CONFIG_FILE"), `${mountOf("web")}/web-config.yml`);
  assert.deepEqual(
    ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].map(valueOf),
    ["http://proxy.example:3128", "http://proxy.example:3128", ".svc,.cluster.local"],
  );
  const { volumes } = deployment.spec.template.spec;
  assert.deepEqual(volumes.find(({ name }) => name === "ca"), {
    name: "ca",
    configMap: { name: "corporate-ca", items: [{ key: "ca.crt", path: "ca.crt" }] },
  });
  // The helm test Pod needs the same CA.
  const pod = only(objects, "Pod").spec;
  assert.equal(pod.containers[0].env[0].name, "DENO_CERT");
  assert.equal(pod.volumes[0].configMap.name, "corporate-ca");
  assert.match(pod.containers[0].args[1], /^--url=https:/);
});

chartTest("no rendered object needs the Kubernetes API", async () => {
  const kinds = (await render({ files: ["ci/secured-values.yaml"] })).map(({ kind }) => kind);
  assert.ok(!kinds.some((kind) => /Role|Binding/.test(kind)), kinds.join());
});
