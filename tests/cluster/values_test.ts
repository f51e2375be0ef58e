import { CHART, render } from "../chart/helm.ts";
import { clusterTest, openNamespace } from "./cluster.ts";

/** Kinds without a local CRD. */
const WITHOUT_CRD = ["DatadogMonitor", "GrafanaDashboard"];

const names = await Array.fromAsync(Deno.readDir(`${CHART}/ci`), ({ name }) => name);

for (const name of names.filter((name) => name.endsWith("-values.yaml")).toSorted()) {
  clusterTest(`the API server accepts every object of ${name} with strict validation`, async (helm) => {
    await using namespace = await openNamespace();
    for (const other of ["monitoring", "elsewhere"]) {
      // Namespaces in the values; may already exist.
      await namespace.kubectl(["create", "namespace", other]).catch(() => {});
    }
    const options = { helm, files: [`ci/${name}`], namespace: namespace.name, kubeVersion: "1.36.0" };
    for (const object of await render(options)) {
      if (WITHOUT_CRD.includes(object.kind)) continue;
      const where = `--namespace=${object.metadata.namespace ?? namespace.name}`;
      const apply = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename=-", where];
      await namespace.kubectl(apply, JSON.stringify(object));
    }
  });
}
