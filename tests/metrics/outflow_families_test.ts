import assert from "node:assert/strict";
import { COIN_FAMILIES, TOKEN_FAMILIES } from "../../src/metrics/families/wallet_families.ts";
import { createHistory } from "../../src/poller/history.ts";
import { outflowsOf } from "../../src/poller/trend.ts";
import { toAccounts } from "../fakes/accounts.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { textOf } from "../fakes/page_text.ts";
import { addressOf, COIN, networkAt, planOfV2, statesOf, type Watched, watched } from "../fakes/watched.ts";

const TOKEN = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
const MINUTE = 60_000;
const FAMILIES = [...COIN_FAMILIES, ...TOKEN_FAMILIES];

async function watchedWith(keys: string, clock = createFakeClock(), staleAfter = 0): Promise<Watched> {
  const plan = await planOfV2(`version: 2
networks:
  - name: main
    endpoints: [http://node]
    tokens: [{ symbol: USDC, address: ${TOKEN} }]
    wallets: [{ address: "${addressOf(1)}", label: a, labels: { zone: y } }]
    ${keys}
`);
  return watched(plan, { clock, staleAfter });
}

const ACCOUNTS = toAccounts(accountsOf(1));

/** The samples of outflows, by their names and windows; checks the other labels. */
function outflowsIn({ snapshot }: Watched): Readonly<Record<string, number>> {
  const lines = textOf(FAMILIES, snapshot()).split("\n").filter((line) =>
    line.includes("_outflow_") && line[0] !== "#"
  );
  return Object.fromEntries(lines.map((line) => {
    const [, name = "", window = "", value] = /^wallet_(\w+)\{.*window="(\w+)",zone="y"\} (\S+)$/.exec(line) ?? [];
    assert.match(line, /^wallet_balance|symbol="USDC",token="0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",window=/);
    return [`${name} ${window}`, Number(value)];
  }));
}

Deno.test("outflows are published where the configuration asks for them, as soon as enough is known", async () => {
  const clock = createFakeClock();
  const all = await watchedWith("outflow: true", clock);
  const state = networkAt(all.store, 0);
  const poll = (minute: number): void =>
    all.record(0, [100n * COIN - BigInt(minute) * COIN / 100n, 10_000_000n - 6000n * BigInt(minute)]);
  poll(0);
  state.decimals = new Map([[TOKEN, 6]]);
  assert.deepEqual(outflowsIn(all), {});
  for (let minute = 1; minute <= 9; minute++) {
    await clock.advance(MINUTE);
    poll(minute);
    assert.deepEqual(outflowsIn(all), {}, `${minute} min`);
  }
  // The first columns of a history hold several readings.
  await clock.advance(3 * MINUTE);
  poll(12);
  assert.deepEqual(outflowsIn(all), {
    "balance_outflow_eth_per_second 1h": Number((0.01 / 60).toPrecision(7)),
    "token_balance_outflow_per_second 1h": 0.0001,
  });
  for (let minute = 13; minute <= 130; minute++) {
    await clock.advance(MINUTE);
    poll(minute);
  }
  assert.deepEqual(Object.keys(outflowsIn(all)), [
    "balance_outflow_eth_per_second 1h",
    "balance_outflow_eth_per_second 24h",
    "token_balance_outflow_per_second 1h",
    "token_balance_outflow_per_second 24h",
  ]);
});

Deno.test("outflows are 0 of a balance that does not decrease, and not published once it is too old", async () => {
  const clock = createFakeClock();
  const all = await watchedWith("backfill: 24h", clock, 20 * MINUTE);
  networkAt(all.store, 0).decimals = new Map([[TOKEN, 6]]);
  for (let minute = 0; minute <= 12; minute++) {
    all.record(0, [COIN, 5n]);
    if (minute < 12) await clock.advance(MINUTE);
  }
  const zeros = { "balance_outflow_eth_per_second 1h": 0, "token_balance_outflow_per_second 1h": 0 };
  assert.deepEqual(outflowsIn(all), zeros);
  all.record(0, ["timeout", "timeout"]);
  assert.deepEqual(outflowsIn(all), zeros);
  await clock.advance(20 * MINUTE + 1);
  assert.deepEqual(outflowsIn(all), {});
});

Deno.test("an outflow is unknown while one decrease takes nearly all of its time", () => {
  const history = createHistory(ACCOUNTS);
  const [account] = ACCOUNTS;
  assert.ok(account !== undefined);
  let at = 0;
  const add = (minutes: number, change: bigint): void => history.add(account, at += minutes * MINUTE, change);
  add(0, 0n);
  add(60, -60n);
  for (let minute = 1; minute <= 4; minute++) add(1, -1n);
  assert.deepEqual(outflowsOf(history, account), { hour: undefined, day: undefined });
  add(1, -1n);
  assert.deepEqual(outflowsOf(history, account), { hour: 1 / 60, day: undefined });
});

Deno.test("outflows are neither published nor computed where the configuration does not ask for them", async () => {
  for (const keys of ["interval: 60", "outflow: false", "backfill: 24h\n    outflow: false"]) {
    const clock = createFakeClock();
    const all = await watchedWith(keys, clock);
    networkAt(all.store, 0).decimals = new Map([[TOKEN, 6]]);
    for (let minute = 0; minute <= 20; minute++) {
      all.record(0, [COIN - BigInt(minute), 5n]);
      await clock.advance(MINUTE);
    }
    assert.deepEqual(outflowsIn(all), {}, keys);
    assert.ok(statesOf(networkAt(all.store, 0)).every((state) => !("outflow" in state)), keys);
  }
});
