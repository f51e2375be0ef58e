import assert from "node:assert/strict";
import { familiesOfRules, read } from "../rules/rendered.ts";

Deno.test("docs/scale.md lists the families that the rules use", () => {
  const [, list = ""] = /"name\[\]":\n((?: +- \w+\n)+)/.exec(read("docs/scale.md")) ?? [];
  const listed = [...list.matchAll(/- (\w+)/g)].map(([, name = ""]) => name);
  assert.deepEqual(listed, familiesOfRules());
});
