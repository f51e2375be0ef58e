import assert from "node:assert/strict";
import { textTable } from "../../src/cli/output.ts";
import { protect, scrub } from "../../src/util/redact.ts";

Deno.test("M14: textTable() keeps its columns aligned if a name contains a secret", () => {
  protect("a-secret-in-a-name");
  const table = textTable([["NAME", "COUNT"], ["x-a-secret-in-a-name-y", "1"], ["plain", "20"]], [1]);
  assert.equal(table, "NAME     COUNT\nx-***-y      1\nplain       20");
  assert.equal(scrub(table), table);
});
