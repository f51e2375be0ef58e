import assert from "node:assert/strict";
import { ConfigError } from "../../src/config/model/problem.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { addressOf } from "../fakes/watched.ts";

/** What is wrong with the key `code` of a wallet. */
async function errorOf(code: string): Promise<string> {
  const wallet = `{ address: "${addressOf(1)}", label: a, code: ${code} }`;
  const text = `version: 2\nnetworks: [{ name: n, endpoints: [http://localhost:8545], wallets: [${wallet}] }]`;
  try {
    await readConfig(text, "test", { env: () => undefined, file: undefined });
    return "";
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(({ path, message }) => `${path}: ${message}`).join("\n");
  }
}

Deno.test("the contract that a wallet is meant to be delegated to must match its checksum", async () => {
  const address = "0x63c0c19a282a1B52b07dD5a65b58948A07DAE32B";
  for (const code of [address, address.toLowerCase(), `"${address}"`]) assert.equal(await errorOf(code), "");
  const path = "networks[0].wallets[0].code";
  for (const typo of [address.replace("E32B", "E32C"), address.replace("c0", "C0")]) {
    assert.equal(
      await errorOf(typo),
      `${path}: Must be an address that matches its checksum: compare it, digit by digit`,
    );
  }
  assert.match(await errorOf("0x12"), /code: Must be watch, ignore, delegated, or the address/);
});
