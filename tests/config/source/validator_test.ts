import assert from "node:assert/strict";
import { ConfigError } from "../../../src/config/model/problem.ts";
import { readConfig } from "../../../src/config/read_config.ts";
import { addressOf } from "../../fakes/watched.ts";

async function errorsOf({ top = "", network = "", wallet = "" }): Promise<readonly string[]> {
  const text = `
version: 2
${top}
networks:
  - name: n
    endpoints: [http://localhost:8545]
    ${network}
    wallets: [{ address: "${addressOf(1)}", label: a${wallet} }]
`;
  try {
    await readConfig(text, "test", { env: () => undefined, file: undefined });
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(({ path, message, advice }) => `${path}: ${message}. ${advice}`);
  }
}

const MISPLACED: readonly (readonly [place: Parameters<typeof errorsOf>[0], path: string, place: string])[] = [
  [{ network: "expect: 1h" }, "networks[0].expect", "of a wallet"],
  [{ top: "defaults: { mute: {} }" }, "defaults.mute", "of a wallet"],
  [{ wallet: ", backfill: 24h" }, "networks[0].wallets[0].backfill", "of a network or defaults"],
  [{ wallet: ", views: []" }, "networks[0].wallets[0].views", "of a network"],
  [{ network: "prices: {}" }, "networks[0].prices", "of the whole file, beside networks"],
  [{ wallet: ", preset: link" }, "networks[0].wallets[0].preset", "of a token of the network"],
];

Deno.test("parse() says where a key belongs that another object has", async () => {
  for (const [where, path, place] of MISPLACED) {
    const key = path.split(".").at(-1);
    assert.deepEqual(await errorsOf(where), [`${path}: Unknown key "${key}". It is a key ${place}`]);
  }
});

Deno.test("parse() names the keys of an object in place of another value, the wallet's own first", async () => {
  const levels = "Known keys are minimum, warning, critical, target, maximum";
  const path = "networks[0].wallets[0]";
  assert.deepEqual(await errorsOf({ wallet: ", mute: 7d" }), [
    `${path}.mute: Must be an object, found a string. Known keys are until, reason`,
  ]);
  assert.deepEqual(await errorsOf({ wallet: ", tokens: { USDC: 1 }" }), [
    `${path}.tokens.USDC: Must be an object, found a number. ${levels}`,
  ]);
  assert.deepEqual(await errorsOf({ wallet: ", tokens: 1" }), [`${path}.tokens: Must be an object, found a number. `]);
  const [unknown] = await errorsOf({ wallet: ", note: x" });
  assert.match(unknown ?? "", /Known keys are address, label, .*, mute, transactions, expect, code$/);
});
