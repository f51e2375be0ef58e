import assert from "node:assert/strict";
import { lockedPackages } from "../../tools/release/locked_packages.ts";
import { SHIPPED } from "../../tools/release/shipped.ts";

const LOCK = JSON.stringify({
  version: "5",
  specifiers: {},
  npm: {
    "@a/b@1.0.0": { integrity: "sha512-b", dependencies: ["c", "d@2.0.0"] },
    "c@1.1.0_e@5.0.0": { integrity: "sha512-c", dependencies: ["@a/b"] },
    "d@1.0.0": { integrity: "sha512-d1" },
    "d@2.0.0": { integrity: "sha512-d2" },
    "e@5.0.0": { integrity: "sha512-e" },
  },
});

Deno.test("lockedPackages() returns the dependencies of a program, also circular ones, and nothing else", () => {
  assert.deepEqual([...lockedPackages(LOCK, ["@a/b"])], [
    ["@a/b@1.0.0", { name: "@a/b", version: "1.0.0", integrity: "sha512-b", needs: ["c@1.1.0", "d@2.0.0"] }],
    ["c@1.1.0", { name: "c", version: "1.1.0", integrity: "sha512-c", needs: ["@a/b@1.0.0"] }],
    ["d@2.0.0", { name: "d", version: "2.0.0", integrity: "sha512-d2", needs: [] }],
  ]);
});

Deno.test("lockedPackages() refuses a missing package and another version of the lock file", () => {
  assert.throws(() => lockedPackages(LOCK, ["x"]), /deno\.lock lacks x/);
  assert.throws(() => lockedPackages('{"version":"6"}', []), /has version 6, not 5/);
});

Deno.test("all that is shipped is in the lock file, without packages for builds and tests", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.lock", import.meta.url));
  const names = [...lockedPackages(text, SHIPPED).values()].map(({ name }) => name);
  assert.ok(SHIPPED.every((name) => names.includes(name)));
  assert.deepEqual(names.filter((name) => /anvil|fast-check|to-json-schema|playwright/.test(name)), []);
});
