import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** The text of every TypeScript file below some folders, by its path. */
function textsBelow(...folders: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    folders.flatMap((folder) =>
      [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
        if (isDirectory) return [...textsBelow(`${folder}${name}/`)];
        const path = `${folder}${name}`;
        return path.endsWith(".ts") ? [[path, Deno.readTextFileSync(new URL(path, ROOT))] as const] : [];
      })
    ),
  );
}

Deno.test("a test name begins with no function that is gone", () => {
  const tests = textsBelow("tests/");
  const known = new Set(
    [...tests, ...textsBelow("src/", "tools/", "dev/", "bench/")].flatMap(([path, text]) =>
      path.endsWith("_test.ts") ? [] : text.match(/\w+/g) ?? []
    ),
  );
  const gone = [...tests].flatMap(([path, text]) =>
    [...text.matchAll(/Deno\.test\(\s*["`](?:[A-Z\d, ]+: )?([\w.]+)\(\)/g)]
      .map(([, name = ""]) => name.split(".").at(-1) ?? "")
      .filter((name) => !known.has(name))
      .map((name) => `${path}: ${name}()`)
  );
  assert.deepEqual(gone, []);
});

Deno.test("an exported name means one thing: no two files of src define it", () => {
  const files = [...textsBelow("src/")].flatMap(([path, text]) =>
    [...text.matchAll(/^export (?:abstract |async )*(?:interface|type|function\*?|const|class) (\w+)/gm)]
      .map(([, name = ""]) => ({ name, path }))
  );
  assert.ok(files.length > 500);
  const twice = [...Map.groupBy(files, ({ name }) => name)].filter(([, places]) => places.length > 1);
  assert.deepEqual(twice, []);
});
