import assert from "node:assert/strict";
import { TOKEN_PRESETS } from "../../../src/assets/token_presets.ts";
import { ConfigError } from "../../../src/config/model/problem.ts";
import { readConfig } from "../../../src/config/read_config.ts";
import { readAddress } from "../../../src/util/address.ts";
import { addressOf } from "../../fakes/watched.ts";

/** The tokens of a network, or what is wrong with them. */
async function tokensOf(tokens: string, chainId?: number, wallet = ""): Promise<unknown> {
  const text = `
version: 2
networks:
  - name: n
    ${chainId === undefined ? "" : `chainId: ${chainId}`}
    endpoints: [http://localhost:8545]
    tokens: [${tokens}]
    wallets: [{ address: "${addressOf(1)}", label: a${wallet} }]
`;
  try {
    const { networks, problems } = await readConfig(text, "test", { env: () => undefined, file: undefined });
    assert.deepEqual(problems, []);
    return networks[0]?.tokens;
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(({ path, message, advice }) => `${path}: ${message}. ${advice}`);
  }
}

const UNASKED = { decimals: 18, hasDecimals: false, wallets: "all" };

Deno.test("readTokens() takes symbol, address and decimals from a preset, and each can be overridden", async () => {
  assert.deepEqual(await tokensOf("{ preset: entrypoint-v0.6 }, { preset: entrypoint-v0.9, wallets: named }"), [
    { symbol: "EntryPoint06", address: TOKEN_PRESETS["entrypoint-v0.6"].address, ...UNASKED },
    { symbol: "EntryPoint09", address: TOKEN_PRESETS["entrypoint-v0.9"].address, ...UNASKED, wallets: "named" },
  ]);
  assert.deepEqual(
    await tokensOf(`{ preset: entrypoint-v0.7, symbol: DEPOSIT, address: "${addressOf(7)}", decimals: 9 }`),
    [{ symbol: "DEPOSIT", address: addressOf(7), ...UNASKED, decimals: 9 }],
  );
  assert.deepEqual(await tokensOf(`{ preset: erc721, symbol: APES, address: "${addressOf(7)}" }`), [
    { symbol: "APES", address: addressOf(7), ...UNASKED, decimals: 0 },
  ]);
});

Deno.test("readTokens() finds the contract of a preset by chain, and its decimals are still checked", async () => {
  const of = (symbol: string, address: string) => ({ symbol, address, ...UNASKED, hasDecimals: true });
  assert.deepEqual(await tokensOf("{ preset: weth }, { preset: link }, { preset: steth }", 1), [
    of("WETH", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"),
    of("LINK", "0x514910771AF9Ca656af840dff83E8264EcF986CA"),
    of("stETH", "0xae7ab96520DE3A18E5e111B5EaAb095312D7fE84"),
  ]);
  assert.deepEqual(await tokensOf("{ preset: weth }", 8453), [
    of("WETH", "0x4200000000000000000000000000000000000006"),
  ]);
  assert.deepEqual(await tokensOf(`{ preset: weth, address: "${addressOf(7)}" }`), [of("WETH", addressOf(7))]);
});

Deno.test("readTokens() says what to do with a preset that cannot be used", async () => {
  assert.deepEqual(await tokensOf("{ preset: weth }"), [
    "networks[0].tokens[0].preset: The contract of this preset depends on the chain. Give the network a chainId",
  ]);
  assert.deepEqual(await tokensOf("{ preset: steth }", 10), [
    "networks[0].tokens[0].preset: The preset has no contract on the chain 10. Give the address of its contract",
  ]);
  assert.deepEqual(await tokensOf(`{ preset: erc721, symbol: APES }, { preset: erc721, address: "${addressOf(7)}" }`), [
    'networks[0].tokens[0]: Missing required key "address" (0x followed by 40 hex digits). Give the address of its contract',
    'networks[0].tokens[1]: Missing required key "symbol" (a symbol such as USDC). The preset has none',
  ]);
  assert.match(String(await tokensOf("{ preset: entrypoint }")), /Must be one of entrypoint-v0\.6, .*, erc721/);
  assert.match(String(await tokensOf("{ preset: 5 }")), /Must be one of entrypoint-v0\.6/);
  assert.match(String(await tokensOf("{ preset: weth, adress: 0x }", 1)), /Unknown key "adress". Did you mean address/);
  assert.match(
    String(await tokensOf("{ preset: entrypoint-v0.7 }, { preset: entrypoint-v0.7, symbol: B }")),
    /Duplicate token: same contract address/,
  );
});

Deno.test("readTokens() knows the symbols of presets, so that wallets can name them", async () => {
  assert.ok(Array.isArray(await tokensOf("{ preset: weth }", 1, ", tokens: { WETH: { minimum: 1 } }")));
  assert.match(String(await tokensOf("{ preset: weth }", 1, ", tokens: { WETHX: {} }")), /Did you mean WETH/);
  // The preset is wrong already: its wallets are not.
  assert.equal((await tokensOf("{ preset: weth }", undefined, ", tokens: { WETH: {} }") as unknown[]).length, 1);
});

Deno.test("the addresses of presets have valid checksums", () => {
  const addresses = Object.values(TOKEN_PRESETS).flatMap((preset) =>
    "address" in preset ? typeof preset.address === "string" ? [preset.address] : Object.values(preset.address) : []
  );
  assert.ok(addresses.length > 20);
  for (const address of addresses) assert.equal(readAddress(String(address))?.address, address);
});

Deno.test("readTokens() names the key of a preset that is mistyped", async () => {
  const [missing = "", ...unknown] = await tokensOf("{ presets: entrypoint-v0.7 }") as readonly string[];
  assert.match(missing, /tokens\[0\]: Missing required key "preset" \(one of entrypoint-v0\.6/);
  assert.deepEqual(unknown, [
    'networks[0].tokens[0].presets: Unknown key "presets". Did you mean preset? Known keys are preset, symbol, address, ' +
    "decimals, wallets",
  ]);
});
