import assert from "node:assert/strict";
import { packagesIn, portableMap } from "../../tools/release/source_map.ts";

const PLACES = {
  base: new URL("file:///home/ann/repo/dist/"),
  root: new URL("file:///home/ann/repo/"),
  packages: new URL("file:///home/ann/cache/npm/"),
};

Deno.test("portableMap() names files and packages the same on every machine", () => {
  const sources = [
    "../src/app.ts",
    "../../cache/npm/registry.example/viem/2.57.0/utils/index.js",
    "../../cache/npm/mirror.example/@noble/hashes/1.8.0/sha3.js",
    "../../elsewhere.ts",
  ];
  const map = portableMap(
    { version: 3, sources, sourcesContent: ["x", null], mappings: "AAAA;B", names: ["n"] },
    PLACES,
  );
  assert.deepEqual(map, {
    version: 3,
    sources: ["src/app.ts", "npm/viem@2.57.0/utils/index.js", "npm/@noble/hashes@1.8.0/sha3.js", "../../elsewhere.ts"],
    sourcesContent: ["x", null],
    mappings: "AAAA;B",
    names: ["n"],
  });
  assert.deepEqual(packagesIn([map, map]), ["@noble/hashes@1.8.0", "viem@2.57.0"]);
});
