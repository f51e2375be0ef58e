import assert from "node:assert/strict";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { CHART } from "./helm.ts";

const helmDocs = Deno.env.get("HELM_DOCS") ?? "helm-docs";

Deno.test("the chart README matches the output of helm-docs", async () => {
  const command = [helmDocs, `--chart-search-root=${CHART}`, "--template-files=README.md.gotmpl", "--dry-run"];
  const result = await runOutside([...command, "--log-level=error"], "");
  if (result === undefined) return skipCheck("the chart's README", `there is no ${helmDocs}; name one with HELM_DOCS`);
  const written = await Deno.readTextFile(`${CHART}/README.md`);
  // Not assert.equal(): a diff of two long texts is unreadable.
  assert.ok(result.output.trim() === written.trim(), 'chart/README.md is out of date: run "deno task gen:chart"');
});

Deno.test("the chart README describes every value", async () => {
  const lines = (await Deno.readTextFile(`${CHART}/README.md`)).split("\n").filter((line) => line.startsWith("| `"));
  assert.ok(lines.length > 150, String(lines.length));
  for (const line of lines) assert.match(line, /^\| `[^`]+` \| .+ \| .*\w.* \|$/);
});
