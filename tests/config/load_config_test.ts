import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load_config.ts";
import { ExitError } from "../../src/util/errors.ts";

/** Runs with a file of these bytes. */
async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

async function refusal(source: Parameters<typeof loadConfig>[0]): Promise<string> {
  try {
    await loadConfig(source);
  } catch (error) {
    assert.ok(error instanceof ExitError);
    assert.equal(error.exitCode, 1);
    return error.message;
  }
  throw new Error("It was accepted");
}

Deno.test("loadConfig() reads a file, and the variable before it", async () => {
  await withFile(new TextEncoder().encode('{"http://a":[]}'), async (file) => {
    assert.equal((await loadConfig({ configFile: file })).networks[0]?.name, "a");
    assert.equal((await loadConfig({ configFile: file })).source, file);
    assert.equal((await loadConfig({ configFile: file, configText: '{"http://b":[]}' })).networks[0]?.name, "b");
    assert.equal((await loadConfig({ configFile: file, configText: "  " })).networks[0]?.name, "a");
  });
});

Deno.test("loadConfig() reports what is wrong with a source", async () => {
  assert.equal(await refusal({}), "No configuration is given");
  assert.equal(await refusal({ configText: "" }), "The environment variable WALLET_CONFIG is empty");
  assert.match(await refusal({ configFile: "/nowhere/x" }), /Cannot read .*\/nowhere\/x: it does not exist/);
  assert.match(await refusal({ configFile: "." }), /Cannot read .*: it is a directory/);
  assert.match(await refusal({ configFile: "/dev/null" }), /Cannot read .*: it is not a regular file/);
  await withFile(Uint8Array.of(0x7b, 0xff, 0x7d), async (file) => {
    assert.match(await refusal({ configFile: file }), /it is not valid UTF-8/);
  });
});
