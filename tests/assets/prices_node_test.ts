import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { systemClock } from "../../src/util/clock.ts";
import { callData, CONTRACTS, selectorOf } from "../fakes/contracts.ts";
import { startNodeProxy } from "../fakes/node_proxy.ts";
import { live, send } from "../fakes/live.ts";
import { addressOf, COIN, planOfV2 } from "../fakes/watched.ts";
import { WAYS } from "../rig/force_way.ts";
import { installMulticall } from "../rig/install_multicall.ts";

const FEED = addressOf(201);
const WALLET = addressOf(77);

function config(url: string, other: string): string {
  return `
version: 2
prices:
  ETH: { feed: "${FEED}", network: main, maxAge: 2h, symbols: [DEPOSIT] }
networks:
  - name: main
    endpoints: ["${url}"]
    wallets: [{ address: "${WALLET}", label: a }]
  - name: other
    endpoints: ["${other}"]
    tokens: [{ preset: entrypoint-v0.7, symbol: DEPOSIT }, { preset: entrypoint-v0.6 }]
    wallets: [{ address: "${WALLET}", label: b }]
`;
}

async function start(
  feed: string = CONTRACTS.feed,
): Promise<{ readonly main: Anvil; readonly other: Anvil } & AsyncDisposable> {
  const [main, other] = await Promise.all([startAnvil({ chainId: 1 }), startAnvil({ chainId: 10 })]);
  await main.rpc("anvil_setCode", [FEED, feed]);
  await installMulticall({ anvil: main });
  await main.setBalance(WALLET, 3n * COIN / 2n);
  return {
    main,
    other,
    async [Symbol.asyncDispose]() {
      await Promise.all([main.stop(), other.stop()]);
    },
  };
}

const answer = (value: bigint, at: bigint): string => callData("transmit(int256,uint256)", value, at);
const PRICE = /^wallet_balance_exporter_price_usd$/;
const line = (network: string, symbol: string, usd: number): string =>
  `wallet_balance_exporter_price_usd{network="${network}",symbol="${symbol}"} ${usd}`;
const all = (usd: number): readonly string[] => [
  line("main", "ETH", usd),
  line("other", "ETH", usd),
  line("other", "DEPOSIT", usd),
];

for (const [way, feed] of WAYS.flatMap((way) => [[way, "feed"], [way, "roundFeed"]] as const)) {
  Deno.test(`a price is read right at every block, for every network that has its symbols: ${feed} by ${way}`, async () => {
    await using nodes = await start(CONTRACTS[feed]);
    const { main, other } = nodes;
    await installMulticall({ anvil: other });
    await send(main, FEED, callData("setDecimals(uint8)", 8n));
    using own = live(await planOfV2(config(main.url, other.url)), { way });
    await own.poll();
    assert.deepEqual(await own.samples(PRICE), [], "no price was set yet");
    for (const cents of [250_000n, 250_001n, 199_999n, 1n]) {
      await send(main, FEED, answer(cents * 10n ** 6n, BigInt(Math.floor(systemClock.epoch()))));
      await own.poll();
      assert.deepEqual(await own.samples(PRICE), all(Number(cents) / 100));
    }
  });
}

Deno.test("V2: a price that is not positive, stale or of the future is absent, and so is one without decimals", async () => {
  await using nodes = await start();
  const { main, other } = nodes;
  using own = live(await planOfV2(config(main.url, other.url)));
  const now = BigInt(Math.floor(systemClock.epoch()));
  const shown = async (value: bigint, at: bigint): Promise<readonly string[]> => {
    await send(main, FEED, answer(value, at));
    await own.poll();
    return await own.samples(PRICE);
  };
  await send(main, FEED, callData("setDecimals(uint8)", 200n));
  assert.deepEqual(await shown(5n * COIN, now), [], "no number has 200 decimals");
  await send(main, FEED, callData("setDecimals(uint8)", 18n));
  assert.deepEqual(await shown(5n * COIN, now), all(5));
  for (const value of [0n, 2n ** 256n - COIN, 2n ** 255n]) {
    assert.deepEqual(await shown(value, now), [], String(value));
  }
  assert.deepEqual(await shown(6n * COIN, now - 7190n), all(6));
  assert.deepEqual(await shown(6n * COIN, now - 7210n), []);
  assert.deepEqual(await shown(6n * COIN, now + 3600n), []);
  assert.deepEqual(await shown(6n * COIN, 2n ** 255n), []);
  assert.deepEqual(await shown(7n * COIN, now), all(7));
  // A contract that fails leaves the last price, until it is too old.
  await main.rpc("anvil_setCode", [FEED, "0x60006000fd"]);
  await own.poll();
  assert.deepEqual(await own.samples(PRICE), all(7));
  const { goodUntil } = own.snapshot();
  const left = (goodUntil - systemClock.now()) / 1000;
  assert.ok(left > 7100 && left <= 7200, `${left}`);
});

Deno.test("a feed that has rounds alone is asked for nothing else once that is known", async () => {
  await using nodes = await start(CONTRACTS.roundFeed);
  const { main, other } = nodes;
  await using proxy = startNodeProxy(main.url);
  const data: string[] = [];
  proxy.change = (item) => {
    data.push(JSON.stringify(item.params));
    return item;
  };
  await send(main, FEED, callData("setDecimals(uint8)", 8n));
  using own = live(await planOfV2(config(proxy.url, other.url)));
  const now = BigInt(Math.floor(systemClock.epoch()));
  await send(main, FEED, answer(10n ** 8n, now));
  await own.poll();
  const asked = (signature: string): number => data.filter((each) => each.includes(selectorOf(signature))).length;
  assert.ok(asked("latestAnswer()") > 0);
  data.length = 0;
  await send(main, FEED, answer(2n * 10n ** 8n, now));
  const [result] = await own.poll();
  assert.deepEqual(await own.samples(PRICE), all(2));
  assert.deepEqual([asked("latestAnswer()"), asked("latestTimestamp()"), asked("latestRoundData()")], [0, 0, 1]);
  // A balance, the answer and its time, and nothing of the feed besides.
  assert.deepEqual([...result?.outcomes.values() ?? []].map((outcome) => typeof outcome), [
    "object",
    "object",
    "object",
  ]);
  await main.rpc("anvil_setCode", [FEED, "0x60006000fd"]);
  const [failed] = await own.poll();
  assert.deepEqual([...failed?.outcomes.values() ?? []].slice(1), ["reverted", "reverted"]);
  assert.deepEqual(await own.samples(PRICE), all(2));
});

Deno.test("a feed with answers is not asked for rounds once that is known", async () => {
  await using nodes = await start();
  const { main, other } = nodes;
  await using proxy = startNodeProxy(main.url);
  let rounds = 0;
  proxy.change = (item) => {
    if (JSON.stringify(item.params).includes(selectorOf("latestRoundData()"))) rounds++;
    return item;
  };
  using own = live(await planOfV2(config(proxy.url, other.url)));
  await own.poll();
  assert.ok(rounds > 0);
  rounds = 0;
  const [result] = await own.poll();
  assert.deepEqual([rounds, result?.outcomes.size], [0, 3]);
});

Deno.test("V2: a price has the decimals that its feed has now, and never those of another answer", async () => {
  await using nodes = await start();
  const { main, other } = nodes;
  const now = BigInt(Math.floor(systemClock.epoch()));
  const set = (decimals: bigint): Promise<void> => send(main, FEED, callData("setDecimals(uint8)", decimals));
  await set(8n);
  await send(main, FEED, answer(3n * 10n ** 8n, now));
  using own = live(await planOfV2(config(main.url, other.url)));
  await own.poll();
  await set(18n);
  await send(main, FEED, answer(4n * COIN, now));
  await own.poll();
  assert.deepEqual(await own.samples(PRICE), all(4));
  // The answer fails, and its decimals change.
  await set(6n);
  await main.rpc("anvil_setCode", [FEED, CONTRACTS.feed.replace(selectorOf("latestAnswer()"), "00000000")]);
  await own.poll();
  await main.rpc("anvil_setCode", [FEED, CONTRACTS.feed.replace(selectorOf("latestTimestamp()"), "00000000")]);
  await send(main, FEED, answer(5n * 10n ** 6n, now));
  await set(200n);
  await own.poll();
  assert.deepEqual((await own.samples(PRICE)).filter((line) => !all(4).includes(line)), []);
  await main.rpc("anvil_setCode", [FEED, CONTRACTS.feed]);
  await set(6n);
  await own.poll();
  assert.deepEqual(await own.samples(PRICE), all(5));
});

Deno.test("V2: the time of a price is never that of another one", async () => {
  await using nodes = await start();
  const { main, other } = nodes;
  await send(main, FEED, callData("setDecimals(uint8)", 8n));
  using own = live(await planOfV2(config(main.url, other.url)));
  const now = BigInt(Math.floor(systemClock.epoch()));
  await send(main, FEED, answer(10n ** 8n, now));
  await own.poll();
  // Only the time is read: a newer one, of a price that is not known.
  const answerFails = CONTRACTS.feed.replace(selectorOf("latestAnswer()"), "00000000");
  await main.rpc("anvil_setCode", [FEED, answerFails]);
  await own.poll();
  assert.deepEqual(await own.samples(PRICE), []);
});

Deno.test("without prices nothing more is requested or shown", async () => {
  await using anvil = await startAnvil({ chainId: 1 });
  const plan = await planOfV2(config(anvil.url, anvil.url).replace(/prices:\n.*\n/, ""));
  using own = live(plan);
  await own.poll();
  assert.deepEqual(plan.networks.map(({ accounts }) => accounts.length), [1, 3]);
  assert.deepEqual(await own.samples(/price/), []);
});
