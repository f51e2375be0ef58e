import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { BINARY, ROOT } from "../program/exporter_command.ts";
import { runProgram } from "../program/exporter.ts";
import { compileWith } from "./compile_with.ts";

Deno.test("a binary made as ours refuses to write, run, load, and reach tokens and metadata services", async () => {
  const output = "dist/permission_probe";
  try {
    await compileWith(["tests/binary/pack_probe.ts", output]);
    const { stdout, stderr } = await new Deno.Command(new URL(output, ROOT), { cwd: ROOT, stdin: "null" }).output();
    const results = JSON.parse(new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr));
    const allowed = Object.entries(results).filter(([, result]) => result === "allowed").map(([name]) => name);
    assert.deepEqual(allowed, ["a file", "a variable", "a listener"]);
    const others = Object.values(results).filter((result) => result !== "allowed");
    assert.ok(others.length >= 10 && others.every((result) => result === "NotCapable"), JSON.stringify(results));
  } finally {
    await Deno.remove(new URL(output, ROOT));
  }
});

Deno.test("the binary itself does not read a service account token, by either path, by a link, nor what is below /proc", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const token = "secrets/kubernetes.io/serviceaccount/token";
  const made = await tokenAt(`/run/${token}`);
  const folder = await Deno.makeTempDir();
  await Deno.symlink(`/run/${token}`, `${folder}/link`);
  await Deno.symlink("/run/secrets", `${folder}/secrets`);
  const links = [`${folder}/link`, `${folder}/${token}`];
  if (!made.isThere) skipCheck("links to a service account token", "there is none and none can be made");
  try {
    for (const path of [`/run/${token}`, `/var/run/${token}`, "/proc/self/environ", ...made.isThere ? links : []]) {
      const { code, stderr } = await runProgram(["check", `--config.file=${path}`]);
      assert.equal(code, 1);
      assert.match(stderr, /the exporter may not read service account tokens, \/dev, \/proc and \/sys/, path);
    }
  } finally {
    await made.remove();
    await Deno.remove(folder, { recursive: true });
  }
});

interface Token {
  readonly isThere: boolean;
  readonly remove: () => Promise<void>;
}

/** The token of a pod where there is one, else one that is made for the test, where that is possible. */
async function tokenAt(path: string): Promise<Token> {
  const stays = { isThere: true, remove: () => Promise.resolve() };
  if (await Deno.stat(path).then(() => true, () => false)) return stays;
  const folder = path.replace(/\/[^/]*$/, "");
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(path, "{}");
    return { isThere: true, remove: () => Deno.remove(folder, { recursive: true }) };
  } catch {
    return { ...stays, isThere: false };
  }
}
