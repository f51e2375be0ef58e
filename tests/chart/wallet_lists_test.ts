import assert from "node:assert/strict";
import { chartTest, HELMS, render, type RenderOptions } from "./helm.ts";
import { all, containerOf, only } from "./kube_object.ts";

const ON = { walletLists: { enabled: true } };
const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The sidecar of a rendered Deployment. */
async function sidecarOf(options: RenderOptions): Promise<ReturnType<typeof containerOf>> {
  const { containers } = only(await render(options), "Deployment").spec.template.spec;
  const sidecar = containers.find(({ name }) => name === "wallet-lists");
  assert.ok(sidecar !== undefined);
  return sidecar;
}

chartTest("walletLists shares a folder between the sidecar and the exporter, which may only read it", async () => {
  for (const helm of Object.values(HELMS)) {
    const deployment = only(await render({ values: ON, helm }), "Deployment");
    const { containers, volumes } = deployment.spec.template.spec;
    assert.deepEqual(containers.map(({ name }) => name), ["wallet-balance-exporter", "wallet-lists"]);
    const mountPath = "/etc/wallet-balance-exporter/wallets.d";
    const own = containerOf(deployment).volumeMounts.filter(({ name }) => name === "wallet-lists");
    assert.deepEqual(own, [{ name: "wallet-lists", mountPath, readOnly: true }]);
    assert.deepEqual(containers[1]?.volumeMounts[0], { name: "wallet-lists", mountPath });
    assert.deepEqual(volumes.find(({ name }) => name === "wallet-lists"), {
      name: "wallet-lists",
      emptyDir: { sizeLimit: "64Mi" },
    });
  }
});

chartTest("walletLists gives a token to the sidecar only, which may read ConfigMaps of its namespace", async () => {
  const objects = await render({ values: { ...ON, namespaceOverride: "other" } });
  const deployment = only(objects, "Deployment");
  const { spec } = deployment.spec.template;
  assert.equal(spec.automountServiceAccountToken, false);
  assert.equal(only(objects, "ServiceAccount").automountServiceAccountToken, false);
  const withToken = spec.containers.filter(({ volumeMounts }) =>
    volumeMounts.some(({ mountPath }) => mountPath === TOKEN)
  );
  assert.deepEqual(withToken.map(({ name }) => name), ["wallet-lists"]);
  const [role, ...otherRoles] = all(objects, "Role");
  const [binding, ...otherBindings] = all(objects, "RoleBinding");
  assert.deepEqual([...otherRoles, ...otherBindings], []);
  assert.deepEqual(role?.rules, [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }]);
  assert.equal(binding?.roleRef.name, role?.metadata.name);
  assert.deepEqual(binding?.subjects, [
    { kind: "ServiceAccount", name: spec.serviceAccountName, namespace: "other" },
  ]);
  for (const object of [role, binding]) assert.equal(object?.metadata.namespace, "other");
  assert.ok(!objects.some(({ kind }) => kind.startsWith("Cluster")));
  const env = Object.fromEntries((spec.containers[1]?.env ?? []).map(({ name, value }) => [name, value]));
  assert.deepEqual(env, {
    LABEL: "wallet-balance-exporter/wallets",
    LABEL_VALUE: "true",
    RESOURCE: "configmap",
    NAMESPACE: "other",
    FOLDER: "/etc/wallet-balance-exporter/wallets.d",
    UNIQUE_FILENAMES: "true",
    HEALTH_PORT: "8081",
  });
});

chartTest("the sidecar of walletLists has a pinned image and a restricted security context", async () => {
  const { image, securityContext } = await sidecarOf({ values: ON });
  assert.match(image, /^quay\.io\/kiwigrid\/k8s-sidecar:[\d.]+@sha256:[0-9a-f]{64}$/);
  assert.deepEqual(securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
  });
  const own = { tag: "3.0.0", digest: "" };
  const values = { global: { imageRegistry: "mirror.example/" }, walletLists: { enabled: true, image: own } };
  assert.equal((await sidecarOf({ values })).image, "mirror.example/kiwigrid/k8s-sidecar:3.0.0");
});

chartTest("each shard has the sidecar, and all share the Role", async () => {
  const objects = await render({ values: { ...ON, shards: 3 } });
  const deployments = all(objects, "Deployment");
  assert.equal(deployments.length, 3);
  for (const { spec } of deployments) assert.equal(spec.template.spec.containers.length, 2);
  assert.equal(all(objects, "Role").length, 1);
});

chartTest("walletLists without rbac creates no Role", async () => {
  const objects = await render({ values: { walletLists: { enabled: true, rbac: { create: false } } } });
  assert.deepEqual(objects.filter(({ kind }) => kind.startsWith("Role")), []);
});

chartTest("the NetworkPolicy allows the API server with walletLists only", async () => {
  const rule = async (values: object): Promise<unknown> => {
    const { spec } = only(await render({ values: { networkPolicy: { enabled: true }, ...values } }), "NetworkPolicy");
    return spec.egress.find(({ ports }) => ports.some(({ port }) => port === 6443));
  };
  const ports = [{ port: 443, protocol: "TCP" }, { port: 6443, protocol: "TCP" }];
  assert.equal(await rule({}), undefined);
  assert.deepEqual(await rule(ON), { ports });
  const apiServer = [{ ipBlock: { cidr: "10.0.0.1/32" } }];
  assert.deepEqual(await rule({ ...ON, networkPolicy: { enabled: true, egress: { apiServer } } }), {
    ports,
    to: apiServer,
  });
});
