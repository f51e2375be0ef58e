import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

Deno.test("each threat of SECURITY.md has its proof: a test of that name", async () => {
  const page = await Deno.readTextFile(new URL("SECURITY.md", ROOT));
  const [, table = ""] = page.split("## Threats");
  const rows = table.split("\n").filter((line) => line.startsWith("|")).slice(2);
  assert.ok(rows.length >= 15, `only ${rows.length} threats`);
  for (const row of rows) {
    const links = [...row.matchAll(/\[([^\]]+)\]\((tests\/[^)]+_test\.ts)\)/g)];
    assert.ok(links.length > 0, `no proof: ${row}`);
    for (const [, name = "", path = ""] of links) {
      const names = await testNames(path);
      assert.ok(names.some((each) => each.includes(name)), `${path} has no test "${name}"`);
    }
  }
});

/** The names of a file's tests and steps as they are written. */
async function testNames(path: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  return [...text.matchAll(/(?:Deno\.test|chartTest|t\.step)\(\s*([`"])(.*?)\1/g)].map(([, , name = ""]) => name);
}
