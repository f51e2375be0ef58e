import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { ROOT } from "../program/exporter_command.ts";
import { CHART, chartTest, hasHelm, HELMS, objectsOf, runHelm } from "./helm.ts";

/** Values files among the examples, and an object that each is for. */
const EXAMPLES = [
  ["csv-fleet/values.yaml", "Deployment", 4],
  ["team-lists/values.yaml", "RoleBinding", 1],
  ["datadog-values.yaml", "DatadogMonitor", 14],
  ["external-secrets-values.yaml", "ExternalSecret", 1],
] as const;

for (const [name, kind, count] of EXAMPLES) {
  chartTest(`both Helms accept the example ${name}`, async () => {
    const values = `--values=${decodeURIComponent(new URL(`examples/${name}`, ROOT).pathname)}`;
    for (const helm of Object.values(HELMS)) {
      if (!await hasHelm(helm)) {
        skipCheck(`the example ${name} with ${helm}`, "it is not installed");
        continue;
      }
      for (const args of [["lint", "--strict", CHART], ["template", "rel", CHART, "--kube-version=1.33.0"]]) {
        const { code, stdout, stderr } = await runHelm(helm, [...args, values], "");
        assert.equal(code, 0, `${helm} ${args[0]}: ${stdout}${stderr}`);
        if (args[0] === "template") assert.equal(objectsOf(stdout).filter((each) => each.kind === kind).length, count);
      }
    }
  });
}
