import assert from "node:assert/strict";
import { checkBundle } from "../../tools/release/check_bundle.ts";
import type { SourceMap } from "../../tools/release/source_map.ts";

const ALLOWED = { packages: new Set(["viem@2.57.0", "@noble/hashes@1.8.0"]), folders: ["/home/ann/", "/", "/app"] };

function mapOf(...sources: readonly string[]): SourceMap {
  return { version: 3, sources, mappings: "", names: [] };
}

const GOOD = mapOf("main.ts", "src/app.ts", "npm/viem@2.57.0/utils/index.js", "npm/@noble/hashes@1.8.0/sha3.js");

Deno.test("checkBundle() lets through our own code, allowed packages and built-in modules", () => {
  const files = [
    { name: "main.js", text: 'import("./a-1.js"),see https://x.example/app/y and require.apply', map: GOOD },
    { name: "a-1.js", text: "", map: mapOf() },
  ];
  const imports = ["node:util", "node:module", "./a-1.js"];
  assert.deepEqual(checkBundle({ files, imports }, ALLOWED), []);
});

for (
  const { name, text = "", map = GOOD, imports = [], says } of [
    { name: "a test", map: mapOf("tests/fakes/random.ts"), says: /holds tests\/fakes\/random\.ts, which is neither/ },
    { name: "a tool", map: mapOf("tools/gen.ts"), says: /holds tools\/gen\.ts/ },
    { name: "a file of elsewhere", map: mapOf("../../x.ts"), says: /holds \.\.\/\.\.\/x\.ts/ },
    {
      name: "a package to build with",
      map: mapOf("npm/fast-check@4.10.2/index.js"),
      says: /package fast-check@4\.10\.2/,
    },
    { name: "another version", map: mapOf("npm/viem@2.57.1/index.js"), says: /package viem@2\.57\.1/ },
    { name: "what is loaded later", imports: ["npm:left-pad"], says: /would load npm:left-pad when it runs/ },
    { name: "a remote module", imports: ["https://x.example/y.js"], says: /would load https:\/\/x\.example\/y\.js/ },
    { name: "a folder of this machine", text: 'a="/home/ann/src"', says: /spells out the folder \/home\/ann\// },
    { name: "it without a slash at its end", text: 'a="/home/ann"', says: /spells out the folder/ },
    {
      name: "it in the map",
      map: { ...GOOD, sourcesContent: ["// in /home/ann/x"] },
      says: /spells out the folder/,
    },
    { name: "a module that is found when it runs", text: "import(a)", says: /would load a module when it runs/ },
    { name: "a file that is none of its own", imports: ["./b-2.js"], says: /would load \.\/b-2\.js when it runs/ },
    { name: "a module of elsewhere", text: 'import("../a.js")', says: /would load a module when it runs/ },
    { name: "a file that is loaded when it runs", text: 've("/opt/x.js")', says: /would load a file when it runs/ },
    { name: "a worker", text: "new Worker(a)", says: /would start a worker/ },
    { name: "another call of the test runner", text: "let{test:a}=Deno.test", says: /holds a test/ },
    { name: "a call of the test runner", text: "Deno.test(1)", says: /holds a test/ },
  ]
) {
  Deno.test(`checkBundle() refuses ${name}`, () => {
    const good = { name: "main.js", text: "", map: GOOD };
    const problems = checkBundle({ files: [good, { name: "a-1.js", text, map }], imports }, ALLOWED);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", says);
  });
}
