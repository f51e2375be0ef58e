import assert from "node:assert/strict";
import { checkBundle } from "../../tools/release/check_bundle.ts";
import type { SourceMap } from "../../tools/release/source_map.ts";

const ALLOWED = { packages: new Set(["viem@2.57.0", "@noble/hashes@1.8.0"]), folders: ["/home/ann/", "/", "/app"] };

function mapOf(...sources: readonly string[]): SourceMap {
  return { version: 3, sources, mappings: "", names: [] };
}

const GOOD = mapOf("main.ts", "src/app.ts", "npm/viem@2.57.0/utils/index.js", "npm/@noble/hashes@1.8.0/sha3.js");

Deno.test("checkBundle() accepts its own code, allowed packages and built-in modules", () => {
  const files = [
    { name: "main.js", text: 'import("./a-1.js"),see https://x.example/app/y and require.apply', map: GOOD },
    { name: "a-1.js", text: "", map: mapOf() },
  ];
  const imports = ["node:util", "node:module", "./a-1.js"];
  assert.deepEqual(checkBundle({ files, imports }, ALLOWED), []);
});

for (
  const { name, text = "", map = GOOD, imports = [], problem } of [
    {
      name: "a file of tests",
      map: mapOf("tests/fakes/random.ts"),
      problem: /contains tests\/fakes\/random\.ts, which is neither/,
    },
    { name: "a tool", map: mapOf("tools/gen.ts"), problem: /contains tools\/gen\.ts/ },
    { name: "a file outside the repository", map: mapOf("../../x.ts"), problem: /contains \.\.\/\.\.\/x\.ts/ },
    {
      name: "a package for builds",
      map: mapOf("npm/fast-check@4.10.2/index.js"),
      problem: /package fast-check@4\.10\.2/,
    },
    { name: "a package in another version", map: mapOf("npm/viem@2.57.1/index.js"), problem: /package viem@2\.57\.1/ },
    { name: "an import of a package", imports: ["npm:left-pad"], problem: /would load npm:left-pad at run time/ },
    { name: "a remote module", imports: ["https://x.example/y.js"], problem: /would load https:\/\/x\.example\/y\.js/ },
    { name: "a folder of the build machine", text: 'a="/home/ann/src"', problem: /contains the path \/home\/ann\// },
    { name: "that folder without a slash", text: 'a="/home/ann"', problem: /contains the path/ },
    {
      name: "that folder in a map",
      map: { ...GOOD, sourcesContent: ["// in /home/ann/x"] },
      problem: /contains the path/,
    },
    { name: "a computed import", text: "import(a)", problem: /would load a module at run time/ },
    { name: "an import of an unknown file", imports: ["./b-2.js"], problem: /would load \.\/b-2\.js at run time/ },
    {
      name: "a dynamic import of another folder",
      text: 'import("../a.js")',
      problem: /would load a module at run time/,
    },
    { name: "a file that is loaded at run time", text: 've("/opt/x.js")', problem: /would load a file at run time/ },
    { name: "a worker", text: "new Worker(a)", problem: /would start a worker/ },
    { name: "a renamed test function", text: "let{test:a}=Deno.test", problem: /contains a test/ },
    { name: "a test", text: "Deno.test(1)", problem: /contains a test/ },
  ]
) {
  Deno.test(`checkBundle() refuses ${name}`, () => {
    const good = { name: "main.js", text: "", map: GOOD };
    const problems = checkBundle({ files: [good, { name: "a-1.js", text, map }], imports }, ALLOWED);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", problem);
  });
}
