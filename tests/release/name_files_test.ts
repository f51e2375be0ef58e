import assert from "node:assert/strict";
import type { BundledFile } from "../../tools/release/check_bundle.ts";
import { nameFiles } from "../../tools/release/name_files.ts";

function file(name: string, text: string): BundledFile {
  return { name, text, map: { version: 3, sources: [name], mappings: "", names: [] } };
}

/** The same program, as two machines bundle it. */
function bundled(a: string, b: string, c: string): readonly BundledFile[] {
  return [
    file(`chunk-${a}.js`, `import"./chunk-${b}.js";x="./chunk-${a}.json";`),
    file(`chunk-${b}.js`, `import{a}from"./chunk-${a}.js";"./unknown.js"`),
    file(`run_command-${c}.js`, ""),
    file("unused-ABCDEFGH.js", ""),
    file("main.js", `import{a}from"./chunk-${b}.js";await import("./run_command-${c}.js")`),
  ].toSorted((one, other) => one.name < other.name ? -1 : 1);
}

Deno.test("nameFiles() gives the same names on every machine, and omits files that nothing imports", () => {
  const one = nameFiles(bundled("AAAAAAAA", "ZZZZZZZZ", "12345678"), "main.js");
  const other = nameFiles(bundled("QQQQQQQQ", "BBBBBBBB", "87654321"), "main.js");
  const names = ["main.js", "chunk-00000001.js", "chunk-00000002.js", "run_command-00000003.js"];
  assert.deepEqual(one.map(({ name }) => name), names);
  assert.deepEqual(other.map(({ name }) => name), names);
  assert.equal(one[0]?.text, 'import{a}from"./chunk-00000001.js";await import("./run_command-00000003.js")');
  assert.equal(one[1]?.text, 'import{a}from"./chunk-00000002.js";"./unknown.js"');
});

Deno.test("nameFiles() keeps columns, and the map of each file", () => {
  const files = bundled("AAAAAAAA", "ZZZZZZZZ", "12345678");
  for (const { text, map: { sources: [before] } } of nameFiles(files, "main.js")) {
    assert.equal(text.length, files.find(({ name }) => name === before)?.text.length);
  }
});
