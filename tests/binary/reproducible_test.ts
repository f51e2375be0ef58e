import assert from "node:assert/strict";
import { BINARY } from "../program/exporter_command.ts";
import { runProgram } from "../program/run_program.ts";
import { compileWith } from "./compile_with.ts";
import { withSourceCopy } from "./source_copy.ts";

const FILES = [
  "wallet-balance-exporter",
  "wallet-balance-exporter.js",
  "wallet-balance-exporter.js.map",
  "sbom.cdx.json",
  "NOTICE",
];

async function hashOf(path: string | URL): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}

async function buildElsewhere(revision: string): Promise<readonly string[]> {
  return await withSourceCopy(async (root) => {
    await compileWith(["tools/release/compile.ts"], { root, env: { REVISION: revision } });
    return await Promise.all(FILES.map((name) => hashOf(new URL(`dist/${name}`, root))));
  });
}

Deno.test("the same sources give the same bytes, in another folder and at another time", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const { stdout } = await runProgram(["version"]);
  const [, revision = ""] = /revision (\S+),/.exec(stdout) ?? [];
  const [one, other] = [await buildElsewhere(revision), await buildElsewhere(revision)];
  assert.deepEqual(one, other);
  assert.equal(one[0], await hashOf(BINARY), "the binary that is tested is not the one of these sources");
});
