import assert from "node:assert/strict";
import { countCode } from "../../tools/count_lines.ts";

Deno.test("lines of code are those that are neither blank nor comment", () => {
  assert.equal(countCode("/**\n * Doc.\n */\nlet a = 1; // one\n\n/* two */\n// three\nlet b = 2;\n"), 2);
  assert.equal(countCode(""), 0);
});
