import assert from "node:assert/strict";
import { leaveOut, runOutside } from "../fakes/outside_tool.ts";
import { CHART } from "./helm.ts";

const helmDocs = Deno.env.get("HELM_DOCS") ?? "helm-docs";

Deno.test("the chart's README is what helm-docs makes of values.yaml", async () => {
  const command = [helmDocs, `--chart-search-root=${CHART}`, "--template-files=README.md.gotmpl", "--dry-run"];
  const verdict = await runOutside([...command, "--log-level=error"], "");
  if (verdict === undefined) return leaveOut("the chart's README", `there is no ${helmDocs}; name one with HELM_DOCS`);
  const written = await Deno.readTextFile(`${CHART}/README.md`);
  // Compared as a whole: a difference of two long texts is of no help to anybody.
  assert.ok(verdict.said.trim() === written.trim(), 'chart/README.md is out of date: run "deno task gen:chart"');
});

Deno.test("every value has a line in the chart's README", async () => {
  const lines = (await Deno.readTextFile(`${CHART}/README.md`)).split("\n").filter((line) => line.startsWith("| `"));
  assert.ok(lines.length > 150, String(lines.length));
  for (const line of lines) assert.match(line, /^\| `[^`]+` \| .+ \| .*\w.* \|$/);
});
