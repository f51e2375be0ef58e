import assert from "node:assert/strict";
import { GENERATED } from "../../tools/gen.ts";

for (const [path, make] of GENERATED) {
  Deno.test(`${path} is what "deno task gen" writes`, async () => {
    const written = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    // Compared as a whole: a difference of two long texts is of no help to anybody.
    assert.ok(await make() === written, `${path} is out of date: run "deno task gen"`);
  });
}

Deno.test(".gitattributes marks the generated files, except Chart.yaml whose versions alone are", async () => {
  const text = await Deno.readTextFile(new URL("../../.gitattributes", import.meta.url));
  for (const path of GENERATED.keys()) {
    if (path !== "chart/Chart.yaml") assert.ok(text.includes(`${path} linguist-generated\n`), path);
  }
});
