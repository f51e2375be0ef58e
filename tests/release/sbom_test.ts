import assert from "node:assert/strict";
import { notice } from "../../tools/release/notice.ts";
import { sbom } from "../../tools/release/sbom.ts";

const BUILT = {
  version: "1.2.3",
  revision: "abc",
  deno: "2.9.6",
  packages: [
    {
      name: "@a/b",
      version: "1.0.0",
      integrity: "sha512-AAEC",
      needs: ["c@2.0.0", "not-bundled@1.0.0"],
      licence: "MIT",
      licenceText: "Copyright of B",
    },
    { name: "c", version: "2.0.0", integrity: "sha512-/w==", needs: [], licence: "ISC", licenceText: "Copyright of C" },
  ],
};

Deno.test("sbom() lists runtime and packages with hash, licence and dependencies", () => {
  const { metadata, components, dependencies } = JSON.parse(sbom(BUILT));
  assert.deepEqual([metadata.component.version, metadata.component.properties[0].value], ["1.2.3", "abc"]);
  assert.deepEqual(components.map(({ purl }: { purl: string }) => purl), [
    "pkg:github/denoland/deno@v2.9.6",
    "pkg:npm/%40a/b@1.0.0",
    "pkg:npm/c@2.0.0",
  ]);
  assert.deepEqual([components[1].group, components[1].name, components[1].hashes], ["@a", "b", [
    { alg: "SHA-512", content: "000102" },
  ]]);
  assert.deepEqual(components[2].licenses, [{ license: { id: "ISC" } }]);
  assert.deepEqual(dependencies[1], { ref: "pkg:npm/%40a/b@1.0.0", dependsOn: ["pkg:npm/c@2.0.0"] });
});

Deno.test("sbom() refuses a package that is locked by a weaker hash", () => {
  const packages = BUILT.packages.map((each) => ({ ...each, integrity: "sha1-AAEC" }));
  assert.throws(() => sbom({ ...BUILT, packages }), /locked by sha1/);
});

Deno.test("notice() contains the licence of every part", () => {
  const text = notice(BUILT);
  for (
    const part of [
      "wallet-balance-exporter 1.2.3",
      "Deno 2.9.6 (MIT)",
      "@a/b 1.0.0 (MIT)",
      "Copyright of B",
      "Copyright of C",
    ]
  ) {
    assert.ok(text.includes(part), part);
  }
});
