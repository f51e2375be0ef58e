import assert from "node:assert/strict";
import { ROOT } from "../program/exporter_command.ts";
import { brokenLinks, pagesBelow } from "./links.ts";

Deno.test("every link between the pages leads to a file and a heading", async (t) => {
  const pages = await pagesBelow(ROOT);
  for (const page of ["README.md", "chart/README.md", "docs/install.md", "examples/README.md"]) {
    assert.ok(pages.includes(page), page);
  }
  for (const page of pages) await t.step(page, async () => assert.deepEqual(await brokenLinks(ROOT, page, ROOT), []));
});

Deno.test("a link to a missing file, a missing heading, or out of the folder is broken", async () => {
  const folder = await Deno.makeTempDir();
  const root = new URL(`file://${folder}/`);
  await Deno.writeTextFile(
    `${folder}/page.md`,
    '# One `two`\n[a](#one-two) [b](#three) [c](no.md) [d](../x) <img src="e.png"> [f](https://example.org)\n' +
      "`[g](h.md)`\n\n```\n[i](j.md)\n```\n\n[k]: l.md\n",
  );
  assert.deepEqual(await brokenLinks(root, "page.md", root), ["#three", "no.md", "../x", "e.png", "l.md"]);
  await Deno.remove(folder, { recursive: true });
});
