import assert from "node:assert/strict";
import { join } from "node:path";
import { isSource, watchSource } from "../../dev/watch_source.ts";

Deno.test("isSource() accepts source files and rejects backups of editors", () => {
  const source = ["main.ts", "deno.json", "src/app.ts", "src/server/style.css", "src/evm/chains/chains.json"];
  const other = ["README.md", "dev/main.ts", "src/.app.ts.swp", "src/app.ts~", "src/server/4913", "src"];
  assert.deepEqual([...source, ...other].filter(isSource), source);
});

Deno.test("watchSource() merges changes in quick succession", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "src", "server"), { recursive: true });
    using watch = watchSource(root, 100);
    const first = watch.next();
    for (const name of ["notes.txt", "main.ts", "src/app.ts", "src/server/page.ts"]) {
      await Deno.writeTextFile(join(root, name), "");
    }
    assert.equal(await first, join("src", "server", "page.ts"));

    const second = watch.next();
    // As an editor does it: write a new file, then put it in place of the old one.
    await Deno.writeTextFile(join(root, "main.ts~"), "1");
    await Deno.rename(join(root, "main.ts~"), join(root, "main.ts"));
    assert.equal(await second, "main.ts");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
