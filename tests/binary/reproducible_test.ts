import assert from "node:assert/strict";
import { BINARY } from "../program/exporter_command.ts";
import { runProgram } from "../program/exporter.ts";
import { copyCache } from "./cache_copy.ts";
import { compileWith } from "./compile_with.ts";
import { withSourceCopy } from "./source_copy.ts";

const FILES = [
  "wallet-balance-exporter",
  "bundle/main.js",
  "maps.json",
  "sbom.cdx.json",
  "NOTICE",
];

async function hashOf(path: string | URL): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}

/** What must not get into the program, each of which did at some time. */
const ELSEWHERE = {
  TZ: "Asia/Tokyo",
  LC_ALL: "C",
  OTEL_DENO: "true",
  DENO_COMPAT: "1",
  DENO_CONDITIONS: "browser",
  DENO_UNSTABLE_SLOPPY_IMPORTS: "1",
  DENO_V8_FLAGS: "--expose-gc",
};

async function buildElsewhere(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return await withSourceCopy(async (root) => {
    await compileWith(["tools/release/compile.ts"], { root, env });
    return await Promise.all(FILES.map((name) => hashOf(new URL(`dist/${name}`, root))));
  });
}

Deno.test("the same sources give the same bytes, in other folders, at another time and with other variables", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const { stdout } = await runProgram(["version"]);
  const [, revision = ""] = /revision (\S+),/.exec(stdout) ?? [];
  const one = await buildElsewhere({ REVISION: revision });
  await using cache = await copyCache();
  const other = await buildElsewhere({ REVISION: revision, ...ELSEWHERE, DENO_DIR: cache.path });
  assert.deepEqual(one, other);
  assert.equal(one[0], await hashOf(BINARY), "the binary that is tested is not the one of these sources");
});
