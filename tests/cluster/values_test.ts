import { CHART, helmTemplate } from "../chart/helm.ts";
import { clusterTest, openNamespace } from "./cluster.ts";

/** Values whose objects have definitions that are not at hand. */
const LEFT_OUT = ["DatadogMonitor", "GrafanaDashboard"];

const names = await Array.fromAsync(Deno.readDir(`${CHART}/ci`), ({ name }) => name);

for (const name of names.filter((name) => name.endsWith("-values.yaml")).toSorted()) {
  clusterTest(`the server takes every object of ${name}, strictly`, async (helm) => {
    await using namespace = await openNamespace();
    for (const other of ["monitoring", "elsewhere"]) {
      // Where the values put objects; it may be there already.
      await namespace.kubectl(["create", "namespace", other]).catch(() => {});
    }
    const { stdout } = await helmTemplate({
      helm,
      files: [`ci/${name}`],
      namespace: namespace.name,
      kubeVersion: "1.36.0",
    });
    const documents = stdout.split(/^---$/m).filter((text) =>
      /^kind: /m.test(text) && !LEFT_OUT.some((kind) => text.includes(`\nkind: ${kind}\n`))
    );
    for (const text of documents) {
      const isElsewhere = /^  namespace: "?(monitoring|elsewhere)"?$/m.exec(text)?.[1];
      const where = isElsewhere === undefined ? [] : [`--namespace=${isElsewhere}`];
      await namespace.kubectl([
        "apply",
        "--server-side",
        "--dry-run=server",
        "--validate=strict",
        "--filename=-",
        ...where,
      ], text);
    }
  });
}
