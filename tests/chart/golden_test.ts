import assert from "node:assert/strict";
import { type GoldenCase, loadCases } from "../golden/cases.ts";
import { openLane } from "../golden/lane.ts";
import { FIXED } from "../golden/placeholders.ts";
import { runCase } from "../golden/run_case.ts";
import { type Exporter, startExporter } from "../program/exporter.ts";
import { freePort } from "../program/free_port.ts";
import { chartTest, render } from "./helm.ts";
import { containerOf, type Of, only, type Volume } from "./kube_object.ts";

/** Cases per group that the rendered Deployment is started with. */
const EACH = 3;

/** The Secret of chart 1.x. */
const SECRET = { name: "op-secrets", key: "wallet-balance-exporter" };

/** Starts the exporter like the kubelet: with the container's environment, and the Secret where it is mounted. */
async function startAsRendered(deployment: Of<"Deployment">, config: string, root: string): Promise<Exporter> {
  const container = containerOf(deployment);
  assert.equal(container.command, undefined, "the entrypoint is the image's: the program");
  const volumes: readonly Volume[] = deployment.spec.template.spec.volumes ?? [];
  const mounts: readonly { readonly name: string; readonly mountPath: string }[] = container.volumeMounts ?? [];
  for (const { name, secret } of volumes) {
    assert.equal(secret.secretName, SECRET.name);
    for (const { key, path } of secret.items) {
      assert.equal(key, SECRET.key);
      const folder = root + mounts.find((mount) => mount.name === name)?.mountPath;
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, config);
    }
  }
  const env = Object.fromEntries(container.env.map(({ name, value, valueFrom }) => {
    if (valueFrom !== undefined) {
      assert.deepEqual(valueFrom.secretKeyRef, SECRET);
      return [name, config];
    }
    const isMounted = mounts.some(({ mountPath }) => value?.startsWith(`${mountPath}/`));
    return [name, isMounted ? root + value : value ?? ""];
  }));
  return startExporter(env, container.args ?? []);
}

/** Sends the probes of the kubelet. */
async function probe(deployment: Of<"Deployment">): Promise<readonly string[]> {
  const container = containerOf(deployment);
  const problems: string[] = [];
  for (const name of ["startupProbe", "livenessProbe", "readinessProbe"] as const) {
    const { path, port } = container[name].httpGet;
    const number = container.ports.find((one) => one.name === port)?.containerPort;
    const response = await fetch(`http://127.0.0.1:${number}${path}`);
    await response.body?.cancel();
    if (response.status !== 200) problems.push(`${name}: ${response.status}`);
  }
  return problems;
}

function chosen(cases: readonly GoldenCase[]): readonly GoldenCase[] {
  const plain = cases.filter(({ env, exit, config }) =>
    Object.keys(env ?? {}).length === 0 && exit === undefined && config !== null
  );
  return [...Map.groupBy(plain, ({ group }) => group).values()].flatMap((group) => group.slice(0, EACH));
}

chartTest("the rendered Deployment serves the metrics of chart 1.x", async (t) => {
  const cases = chosen(await loadCases());
  assert.ok(cases.length > 20, String(cases.length));
  await using lane = await openLane();
  const root = await Deno.makeTempDir();
  try {
    for (const delivery of ["file", "env"] as const) {
      await t.step(delivery, async () => {
        for (const golden of delivery === "file" ? cases : cases.slice(0, 5)) {
          const objects = await render({
            release: FIXED.RELEASE,
            namespace: FIXED.NAMESPACE,
            values: { ports: { metrics: freePort() }, config: { delivery } },
          });
          const deployment = only(objects, "Deployment");
          const port = containerOf(deployment).ports[0].containerPort;
          const start = async (env: Readonly<Record<string, string>>): Promise<Exporter> => {
            const exporter = await startAsRendered(deployment, env["WALLET_CONFIG"] ?? "", root);
            return { ...exporter, port };
          };
          const { problems } = await runCase(golden, lane, start, () => probe(deployment));
          assert.deepEqual(problems, [], golden.name);
        }
      });
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
