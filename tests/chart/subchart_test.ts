import assert from "node:assert/strict";
import { CHART, chartTest, HELMS, objectsOf, runHelm } from "./helm.ts";
import { type KubeObject, only } from "./kube_object.ts";

const NAME = "wallet-balance-exporter";

/** Renders an umbrella chart with this chart as a dependency, under an alias. */
async function renderBelow(alias: string, values: unknown): Promise<readonly KubeObject[]> {
  const folder = await Deno.makeTempDir();
  try {
    const { version }: { readonly version: string } = JSON.parse(
      await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
    );
    const dependency = { name: NAME, version, alias, condition: `${alias}.enabled`, repository: "" };
    const manifest = { apiVersion: "v2", name: "umbrella", version: "1.0.0", dependencies: [dependency] };
    await Deno.writeTextFile(`${folder}/Chart.yaml`, JSON.stringify(manifest));
    await copy(CHART, `${folder}/charts/${NAME}`);
    const { code, stdout, stderr } = await runHelm(
      HELMS.helm,
      ["template", "rel", folder, "--namespace=ns", "--kube-version=1.33.0", "--values=-"],
      JSON.stringify({ [alias]: values }),
    );
    assert.equal(code, 0, stderr);
    return objectsOf(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

chartTest("a condition of an umbrella chart enables and disables the chart", async () => {
  assert.equal(only(await renderBelow(NAME, { enabled: true }), "Deployment").metadata.name, `rel-${NAME}`);
  assert.deepEqual(await renderBelow(NAME, { enabled: false }), []);
});

chartTest(
  "an alias sets name, selector, container and Datadog check, as in chart 1.x",
  async () => {
    const { metadata, spec } = only(await renderBelow("balances", {}), "Deployment");
    assert.equal(metadata.name, "rel-balances");
    assert.equal(spec.selector.matchLabels["app.kubernetes.io/name"], "balances");
    assert.equal(spec.template.spec.containers[0].name, "balances");
    const { annotations } = spec.template.metadata;
    assert.match(annotations["ad.datadoghq.com/balances.checks"] ?? "", /^\{"openmetrics":/);
    assert.equal(annotations[`ad.datadoghq.com/${NAME}.checks`], undefined);
  },
);

chartTest("a Datadog check for the alias overrides the default", async () => {
  const podAnnotations = { "ad.datadoghq.com/balances.checks": "mine" };
  const { annotations } = only(await renderBelow("balances", { podAnnotations }), "Deployment").spec.template.metadata;
  assert.equal(annotations["ad.datadoghq.com/balances.checks"], "mine");
});

/** Copies a folder recursively. */
async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
