import assert from "node:assert/strict";
import { onceCsv, onceJson, onceTable } from "../../src/cli/once_output.ts";
import { onceRows } from "../../src/cli/once_rows.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, planOfV2, watched } from "../fakes/watched.ts";

const DELEGATED = 4n + 2n;

Deno.test("once has the transactions and the code of wallets, where they are configured", async () => {
  using clock = createFakeClock();
  const config = (keys: string): string =>
    `version: 2
networks:
  - name: main
    chainId: 1
    endpoints: [http://node.example]
    ${keys}
    wallets:
      - { address: "${addressOf(1)}", label: hot }
      - { address: "${addressOf(2)}", label: cold }
`;
  const { store, record } = watched(await planOfV2(config("transactions: true\n    code: watch")), { clock });
  record(0, [COIN, 2n * COIN, 7n, DELEGATED, "rpc_error", 0n]);
  const rows = onceRows(store, clock);
  const lines = onceTable(rows, false).split("\n").map((line) => line.replace(/0x\S+/, "0x").split(/ {2,}/));
  assert.deepEqual(lines, [
    ["NETWORK", "LABEL", "ADDRESS", "BALANCE", "ASSET", "MINIMUM", "TRANSACTIONS", "CODE", "STATE"],
    ["main", "hot", "0x", "1", "ETH", "-", "7", "delegated", "delegated"],
    ["main", "cold", "0x", "2", "ETH", "-", "-", "none", "transactions or code cannot be read"],
  ]);
  assert.deepEqual(onceCsv(rows).split("\r\n").map((line) => line.split(",").slice(-3)), [
    ["block_time", "transactions", "code"],
    ["1600000100", "7", "delegated"],
    ["1600000100", "", "none"],
  ]);
  const { balances } = JSON.parse(onceJson(rows, 0));
  assert.deepEqual([balances[0].transactions, balances[1].transactions], ["7", null]);

  const plain = watched(await planOfV2(config("")), { clock });
  plain.record(0, [COIN, COIN]);
  const usual = onceRows(plain.store, clock);
  assert.doesNotMatch(onceTable(usual, false), /TRANSACTIONS|CODE/);
  assert.doesNotMatch(onceCsv(usual), /transactions|code/);
  assert.doesNotMatch(onceJson(usual, 0), /"transactions"|"code"/);
});

Deno.test("on a chain without a coin once has transactions and code beside the first token, or in a row of their own", async () => {
  using clock = createFakeClock();
  const { store, record } = watched(
    await planOfV2(`version: 2
networks:
  - name: main
    chainId: 4217
    code: watch
    endpoints: [http://node.example]
    tokens:
      - { symbol: USDC, address: "${addressOf(7)}", decimals: 6, wallets: named }
      - { symbol: DAI, address: "${addressOf(8)}", decimals: 6, wallets: named }
    wallets:
      - { address: "${addressOf(1)}", label: hot, tokens: { USDC: {}, DAI: {} } }
      - { address: "${addressOf(2)}", label: cold }
`),
    { clock },
  );
  const [network] = store.networks;
  record(0, network?.plan.accounts.map(({ asset }) => asset.kind === "code" ? DELEGATED : 5_000_000n) ?? []);
  const [{ tokens } = { tokens: [] }] = network?.plan.wallets ?? [];
  const decimals = new Map(tokens.map(({ token }) => [token.asset.id, 6]));
  Object.assign(network ?? {}, { chainId: 4217, decimals });
  const lines = onceTable(onceRows(store, clock), false).split("\n").map((line) => line.split(/ {2,}/).toSpliced(2, 1));
  assert.deepEqual(lines, [
    ["NETWORK", "LABEL", "BALANCE", "ASSET", "MINIMUM", "CODE", "STATE"],
    ["main", "hot", "5", "USDC", "-", "delegated", "delegated"],
    ["main", "hot", "5", "DAI", "-", "-", "fine"],
    ["main", "cold", "-", "USD", "-", "delegated", "delegated"],
  ]);
});
