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

Deno.test("lockedPackages() gives what a program needs, in a circle too, and nothing else", () => {
  assert.deepEqual([...lockedPackages(LOCK, ["@a/b"])], [
    ["@a/b@1.0.0", { name: "@a/b", version: "1.0.0", integrity: "sha512-b", needs: ["c@1.1.0", "d@2.0.0"] }],
    ["c@1.1.0", { name: "c", version: "1.1.0", integrity: "sha512-c", needs: ["@a/b@1.0.0"] }],
    ["d@2.0.0", { name: "d", version: "2.0.0", integrity: "sha512-d2", needs: [] }],
  ]);
});

Deno.test("lockedPackages() tells what is missing, and does not guess at another format", () => {
  assert.throws(() => lockedPackages(LOCK, ["x"]), /deno\.lock lacks x/);
  assert.throws(() => lockedPackages('{"version":"6"}', []), /is of version 6, not 5/);
});

Deno.test("all that is shipped is in the lock file, and nothing that is for building and testing only", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.lock", import.meta.url));
  const names = [...lockedPackages(text, SHIPPED).values()].map(({ name }) => name);
  assert.ok(SHIPPED.every((name) => names.includes(name)));
  assert.deepEqual(names.filter((name) => /anvil|fast-check|to-json-schema|playwright/.test(name)), []);
});
