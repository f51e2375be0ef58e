import assert from "node:assert/strict";
import { CHART, HELMS, runHelm } from "../chart/helm.ts";
import { type Of, only } from "../chart/kube_object.ts";
import { clusterTest, markPods, type Namespace, openNamespace, ORIGINAL } from "./cluster.ts";

const RELEASE = "rel";

async function must(result: ReturnType<Namespace["helm"]>): Promise<string> {
  const { code, stdout, stderr } = await result;
  assert.equal(code, 0, stderr);
  return stdout;
}

async function deployment({ list }: Namespace): Promise<Of<"Deployment">> {
  return only(await list("deployments"), "Deployment");
}

function imageOf(object: Of<"Deployment">): string {
  return object.spec.template.spec.containers[0].image;
}

clusterTest("an upgrade replaces chart 1.x in place, and can be rolled back", async (helm) => {
  await using namespace = await openNamespace();
  await must(namespace.helm(helm, "install", RELEASE, ORIGINAL, "--set=env=production"));
  const before = await deployment(namespace);
  await must(namespace.helm(helm, "upgrade", RELEASE, CHART, "--set=env=production"));
  const after = await deployment(namespace);
  assert.equal(after.metadata.uid, before.metadata.uid, "the Deployment was recreated");
  assert.deepEqual(after.spec.selector, before.spec.selector);
  assert.equal(after.spec.template.spec.containers.length, 1, "the old container is still there");
  assert.match(imageOf(after), /^ghcr\.io\/agglayer\/wallet-balance-exporter:/);
  const [container] = after.spec.template.spec.containers;
  assert.equal(container.command, undefined, "the original's command is left");
  const names = container.env.map(({ name }) => name);
  assert.ok(!names.includes("WALLET_CONFIG") && names.includes("WALLET_CONFIG_FILE"), names.join());
  assert.equal(container.livenessProbe.initialDelaySeconds ?? 0, 0, "the original's probe is left");
  for (const tag of ["env", "service"].map((name) => `tags.datadoghq.com/${name}`)) {
    assert.equal(after.metadata.labels?.[tag], before.metadata.labels?.[tag], tag);
  }
  const volumes = after.spec.template.spec.volumes.map(({ name }) => name);
  assert.deepEqual([container.name, volumes], [before.spec.template.spec.containers[0].name, ["config"]]);

  await must(namespace.helm(helm, "rollback", RELEASE, "1"));
  const back = await deployment(namespace);
  assert.equal(imageOf(back), "python:3.11-alpine");
  // Every field: the ServiceAccount name has two, and the API server keeps the one that a rollback omits.
  assert.deepEqual(back.spec.template, before.spec.template);
  await must(namespace.helm(helm, "upgrade", RELEASE, CHART));
  assert.match(imageOf(await deployment(namespace)), /wallet-balance-exporter:/);
  await must(namespace.helm(helm, "uninstall", RELEASE));
  for (const kind of ["deployments", "services", "serviceaccounts", "secrets"]) {
    const left = (await namespace.list(kind)).map(({ metadata }) => metadata.name);
    assert.deepEqual(left.filter((name) => name.includes("exporter")), [], `${kind} are left`);
  }
});

clusterTest(
  "--reset-then-reuse-values upgrades values of chart 1.x, and --reuse-values is refused",
  async (helm) => {
    await using namespace = await openNamespace();
    const values = ["--set=env=x", "--set=podSecurityContext.runAsUser=1234", "--set=config.checkInterval.seconds=60"];
    await must(namespace.helm(helm, "install", RELEASE, ORIGINAL, ...values));
    const refused = await namespace.helm(helm, "upgrade", RELEASE, CHART, "--reuse-values");
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /image\.repository is "python"/);
    assert.match(refused.stderr, /--reset-then-reuse-values/);
    const half = ["--set=image.repository=agglayer/wallet-balance-exporter", "--set=image.tag=2.0.0"];
    const other = await namespace.helm(helm, "upgrade", RELEASE, CHART, "--reuse-values", ...half);
    assert.notEqual(other.code, 0);
    assert.match(other.stderr, /--reset-then-reuse-values/);

    await must(namespace.helm(helm, "upgrade", RELEASE, CHART, "--reset-then-reuse-values"));
    const { metadata, spec } = await deployment(namespace);
    assert.equal(metadata.labels?.["tags.datadoghq.com/env"], "x");
    assert.equal(spec.template.spec.securityContext["runAsUser"], 1234);
    const [{ env }] = spec.template.spec.containers;
    assert.equal(env.find(({ name }) => name === "CHECK_INTERVAL")?.value, "60");
  },
);

clusterTest("an upgrade keeps every kind of name that chart 1.x accepted", async (helm) => {
  for (
    const [release, names] of [
      ["1rel", ["--set=nameOverride=my.app"]],
      ["rel", ["--set=nameOverride=My_App,fullnameOverride=my-app-"]],
      ["balances", ["--set=nameOverride=balances-"]],
      ["rel", [`--set=nameOverride=${"x".repeat(70)},fullnameOverride=${"y".repeat(70)}`]],
    ] as const
  ) {
    await using namespace = await openNamespace();
    await must(namespace.helm(helm, "install", release, ORIGINAL, ...names, "--set-string=replicaCount=1"));
    const before = await deployment(namespace);
    await must(namespace.helm(helm, "upgrade", release, CHART, ...names, "--set-string=replicaCount=1"));
    const after = await deployment(namespace);
    assert.equal(after.metadata.uid, before.metadata.uid, names.join());
    assert.deepEqual(after.spec.selector, before.spec.selector);
    for (const tag of ["env", "service"].map((name) => `tags.datadoghq.com/${name}`)) {
      assert.equal(after.metadata.labels?.[tag], before.metadata.labels?.[tag], tag);
    }
  }
});

clusterTest("kubectl apply puts rendered objects into its own namespace", async (helm) => {
  await using namespace = await openNamespace();
  const args = ["template", RELEASE, CHART, "--kube-version=1.36.0", "--no-hooks"];
  const { code, stdout, stderr } = await runHelm(helm, args, "");
  assert.equal(code, 0, stderr);
  await namespace.kubectl(["apply", "--filename=-"], stdout);
  assert.equal((await deployment(namespace)).metadata.namespace, namespace.name);
});

clusterTest("the API server rejects a changed selector", async (helm) => {
  await using namespace = await openNamespace();
  await must(namespace.helm(helm, "install", RELEASE, ORIGINAL));
  const { code, stderr } = await namespace.helm(
    helm,
    "upgrade",
    RELEASE,
    CHART,
    "--set=nameOverride=other,fullnameOverride=rel-wallet-balance-exporter",
  );
  assert.notEqual(code, 0);
  assert.match(stderr, /immutable/);
});

clusterTest("a restricted namespace admits the Pods, but not those of chart 1.x", async (helm) => {
  await using namespace = await openNamespace({ "pod-security.kubernetes.io/enforce": "restricted" });
  await must(namespace.helm(helm, "install", RELEASE, ORIGINAL));
  await namespace.kubectl(["wait", "--for=condition=ReplicaFailure", "deployment", "--all", "--timeout=20s"]);
  assert.deepEqual(await namespace.list("pods"), []);
  await must(namespace.helm(helm, "upgrade", RELEASE, CHART));
  const pod = only(await namespace.pods(1), "Pod");
  assert.match(pod.spec.containers[0].image, /wallet-balance-exporter:/);
  assert.equal(pod.spec.automountServiceAccountToken, false);
});

clusterTest("helm install waits for the Pods, and helm test checks them", async (helm) => {
  await using namespace = await openNamespace();
  const installing = namespace.helm(helm, "install", RELEASE, CHART, "--wait", "--timeout=60s");
  await namespace.pods(1);
  await markPods(namespace, "Running");
  await must(installing);
  const testing = namespace.helm(helm, "test", RELEASE, "--timeout=60s");
  await namespace.pods(2);
  const tests = (await namespace.list("pods")).filter(({ metadata }) => metadata.name.endsWith("-test"));
  assert.equal(tests.length, 1);
  // The Service does not select the test's Pod.
  const addresses = JSON.stringify(await namespace.list("endpoints"));
  assert.ok(!addresses.includes("exporter-test"), addresses);
  await markPods(namespace, "Succeeded");
  assert.match(await must(testing), /Phase:\s+Succeeded/);
});

Deno.test("Helm 4 upgrades a release of Helm 3, client-side and server-side", async () => {
  for (const way of ["--server-side=true", "--server-side=false"]) {
    await using namespace = await openNamespace();
    await must(namespace.helm(HELMS.helm3, "install", RELEASE, ORIGINAL));
    await must(
      namespace.helm(HELMS.helm, "upgrade", RELEASE, CHART, way, ...way.endsWith("true") ? ["--force-conflicts"] : []),
    );
    const { spec } = await deployment(namespace);
    assert.equal(spec.template.spec.containers[0].command, undefined, way);
    assert.equal(spec.template.spec.containers.length, 1);
    await must(
      namespace.helm(HELMS.helm, "rollback", RELEASE, "1", way, ...way.endsWith("true") ? ["--force-conflicts"] : []),
    );
    assert.equal(imageOf(await deployment(namespace)), "python:3.11-alpine");
  }
});
