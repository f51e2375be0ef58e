import assert from "node:assert/strict";
import { ConfigError } from "../../../src/config/model/problem.ts";
import { readConfig } from "../../../src/config/read_config.ts";
import { addressOf } from "../../fakes/watched.ts";

const FEED = addressOf(9);

async function pricesOf(prices: string): Promise<unknown> {
  const text = `
version: 2
prices: ${prices}
networks:
  - { name: main, endpoints: [http://localhost:8545], wallets: [{ address: "${addressOf(1)}", label: a }] }
  - { name: base, endpoints: [http://localhost:8546], wallets: [{ address: "${addressOf(1)}", label: b }] }
`;
  try {
    const { networks } = await readConfig(text, "test", { env: () => undefined, file: undefined });
    return networks.map(({ prices }) => prices);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(({ path, message, advice }) => `${path}: ${message}. ${advice}`).join("\n");
  }
}

Deno.test("readPrices() gives each network the prices of its contracts", async () => {
  const prices = `
  ETH: { feed: "${FEED}", network: main, maxAge: 2h, symbols: [WETH, ETH] }
  POL: { feed: "${addressOf(8)}", network: main }`;
  assert.deepEqual(await pricesOf(prices), [[
    { symbols: ["ETH", "WETH"], feed: FEED, maxAge: 7_200_000 },
    { symbols: ["POL"], feed: addressOf(8), maxAge: 90_000_000 },
  ], undefined]);
});

Deno.test("a network without wallets is fine if a price or a view of a contract is read from it", async () => {
  const problemsOf = async (network: string, prices = ""): Promise<readonly string[]> => {
    const text = `version: 2\n${prices}\nnetworks: [{ name: main, endpoints: [http://localhost:8545] ${network} }]`;
    const { problems } = await readConfig(text, "test", { env: () => undefined, file: undefined });
    return problems.map(({ message }) => message);
  };
  assert.match(String(await problemsOf("")), /has no wallets, nothing is monitored/);
  assert.deepEqual(await problemsOf("", `prices: { ETH: { feed: "${FEED}", network: main } }`), []);
  assert.deepEqual(await problemsOf(`, views: [{ name: v, address: "${FEED}", call: "f()" }]`), []);
});

Deno.test("readPrices() says what is wrong with a price, and what to do", async () => {
  const cases = [
    [`{ ETH: { feed: "${FEED}", network: mian } }`, /prices\.ETH\.network: Unknown network\. Did you mean main\?/],
    [`{ ETH: { feed: "${FEED}" } }`, /Missing required key "network"/],
    ["{ ETH: { feed: 0x12, network: main } }", /prices\.ETH\.feed: Invalid address/],
    [`{ ETH: { feed: "${FEED}", network: main, maxAge: soon } }`, /maxAge: Must be whole seconds/],
    [`{ ETH: { feed: "${FEED}", network: main, maxAge: 0 } }`, /maxAge: Must be whole seconds/],
    [`{ ETH: { feed: "${FEED}", network: main, age: 1 } }`, /Unknown key "age"/],
    [`{ ETH: "${FEED}" }`, /prices\.ETH: Must be an object/],
    [`{ "a b": { feed: "${FEED}", network: main } }`, /Must be a symbol/],
    ["[]", /prices: Must be an object/],
    [
      `{ ETH: { feed: "${FEED}", network: main }, BTC: { feed: "${FEED}", network: main, symbols: [ETH] } }`,
      /prices\.BTC: Duplicate price of ETH\. Remove one/,
    ],
  ] as const;
  for (const [prices, expected] of cases) assert.match(String(await pricesOf(prices)), expected, prices);
});

Deno.test("readPrices() says what to write in place of a list, and that a network is a name", async () => {
  const inList = `[{ symbol: ETH, feed: "${FEED}", network: main }]`;
  assert.equal(
    await pricesOf(inList),
    "prices: Must be an object, found a list. Give each price its symbol as a key",
  );
  assert.equal(
    await pricesOf(`{ ETH: { feed: "${FEED}" } }`),
    'prices.ETH: Missing required key "network" (the name of a network). ',
  );
});
