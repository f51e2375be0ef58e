import assert from "node:assert/strict";
import { BINARY, ROOT } from "../program/exporter_command.ts";
import { compileWith } from "./compile_with.ts";

/** What a build takes of the repository. */
const SOURCES = ["deno.json", "deno.lock", "main.ts", "src", "tools"];

async function hashOf(path: string | URL): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}

async function copy(from: URL, to: URL): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(`${from.pathname}/${name}`, from), new URL(`${to.pathname}/${name}`, to));
  }
}

/** Builds in a folder of its own, as another machine would: what lies in it is of another time. */
async function buildElsewhere(revision: string): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const root = new URL(`file://${folder}/`);
    for (const name of SOURCES) await copy(new URL(name, ROOT), new URL(name, root));
    await compileWith(["tools/release/compile.ts"], { root, env: { REVISION: revision } });
    const files = [
      "wallet-balance-exporter",
      "wallet-balance-exporter.js",
      "wallet-balance-exporter.js.map",
      "sbom.cdx.json",
      "NOTICE",
    ];
    return await Promise.all(files.map((name) => hashOf(new URL(`dist/${name}`, root))));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the same sources give the same bytes, in another folder and at another time", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const { stdout } = await new Deno.Command(BINARY, { args: ["version"] }).output();
  const [, revision = ""] = /revision (\S+),/.exec(new TextDecoder().decode(stdout)) ?? [];
  const [one, other] = [await buildElsewhere(revision), await buildElsewhere(revision)];
  assert.deepEqual(one, other);
  assert.equal(one[0], await hashOf(BINARY), "the binary that is tested is not the one of these sources");
});
