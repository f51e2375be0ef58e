import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

Deno.test("SECURITY.md proves each threat by a test of that name", async () => {
  const page = await Deno.readTextFile(new URL("SECURITY.md", ROOT));
  const [, section = ""] = page.split(/^## Threats$/m);
  const [, ...threats] = (section.split(/^## /m)[0] ?? "").split(/^### /m);
  assert.ok(threats.length >= 15, `only ${threats.length} threats`);
  for (const threat of threats) {
    const links = [...threat.matchAll(/\[([^\]]+)\]\((tests\/[^)]+_test\.ts)\)/g)];
    assert.ok(links.length > 0, `no proof: ${threat}`);
    for (const [, name = "", path = ""] of links) {
      const names = await testNames(path);
      const wanted = name.replaceAll(/\s+/g, " ");
      assert.ok(names.some((each) => each.includes(wanted)), `${path} has no test "${wanted}"`);
    }
  }
});

/** The names of a file's tests and steps, from its source. */
async function testNames(path: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  return [...text.matchAll(/(?:Deno\.test|chartTest|t\.step)\(\s*([`"])(.*?)\1/g)].map(([, , name = ""]) => name);
}
