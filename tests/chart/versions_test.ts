import assert from "node:assert/strict";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { CHART, chartTest, hasHelm, HELMS, helmTemplate, objectsOf, render, runHelm } from "./helm.ts";
import { only } from "./kube_object.ts";

const VERSIONS = ["1.21.0", "1.27.0", "1.33.0", "1.37.0"] as const;

/** `KUBECONFORM` is a program, `KUBE_SCHEMAS` a folder: `core/v1.33.0-standalone-strict/…` and `crd/GROUP/…`. */
const kubeconform = Deno.env.get("KUBECONFORM") ?? "kubeconform";
const schemas = Deno.env.get("KUBE_SCHEMAS") ?? "";

/** Kinds without local schemas. */
const WITHOUT_SCHEMA = ["DatadogMonitor", "GrafanaDashboard"];

async function valueFiles(): Promise<readonly string[]> {
  const names = await Array.fromAsync(Deno.readDir(`${CHART}/ci`), ({ name }) => `ci/${name}`);
  return names.filter((name) => name.endsWith("-values.yaml")).toSorted();
}

async function validate(version: string, text: string): Promise<void> {
  const result = await runOutside([
    kubeconform,
    "-strict",
    "-kubernetes-version",
    version,
    "-skip",
    WITHOUT_SCHEMA.join(),
    "-schema-location",
    `${schemas}/core/{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json`,
    "-schema-location",
    `${schemas}/crd/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`,
  ], text);
  assert.deepEqual(result, { code: 0, output: "" }, `Kubernetes ${version}`);
}

chartTest("Helm 3 and 4 render the same valid objects of every values file and Kubernetes version", async (t) => {
  const hasThree = await hasHelm(HELMS.helm3);
  if (!hasThree) skipCheck("Helm 3", `there is no ${HELMS.helm3}; name one with HELM3`);
  const canValidate = schemas !== "" && await runOutside([kubeconform, "-v"], "") !== undefined;
  if (!canValidate) {
    skipCheck("validation of the objects", "KUBECONFORM and KUBE_SCHEMAS name no program and its schemas");
  }
  const files = await valueFiles();
  assert.ok(files.length >= 15, "value files are missing");
  for (const kubeVersion of VERSIONS) {
    await t.step(kubeVersion, async () => {
      const texts: string[] = [];
      for (const file of files) {
        const { code, stdout, stderr } = await helmTemplate({ files: [file], kubeVersion });
        assert.equal(code, 0, stderr);
        texts.push(stdout);
        if (!hasThree) continue;
        assert.deepEqual(await render({ files: [file], kubeVersion, helm: HELMS.helm3 }), objectsOf(stdout), file);
      }
      if (canValidate) await validate(kubeVersion, texts.join("\n---\n"));
    });
  }
});

chartTest("kubeconform rejects unknown fields and unknown kinds", async () => {
  if (schemas === "") return skipCheck("the test of the validation", "KUBE_SCHEMAS names no schemas");
  const account = JSON.stringify(only(await render(), "ServiceAccount"));
  await validate("1.33.0", account);
  await assert.rejects(validate("1.33.0", account.replace("{", '{"automount":true,')));
  await assert.rejects(validate("1.33.0", account.replace('"ServiceAccount"', '"Unknown"')));
});

chartTest("helm lint accepts the chart, with both Helms", async () => {
  for (const helm of Object.values(HELMS)) {
    if (!await hasHelm(helm)) skipCheck(`lint by ${helm}`, "it is not there");
    for (const file of await valueFiles()) {
      const { code, stdout, stderr } = await runHelm(
        helm,
        ["lint", "--strict", CHART, `--values=${CHART}/${file}`],
        "",
      );
      assert.equal(code, 0, `${helm} ${file}: ${stdout}${stderr}`);
    }
  }
});
