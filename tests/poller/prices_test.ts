import assert from "node:assert/strict";
import { AccountMap } from "../../src/assets/account_map.ts";
import { PriceFeed } from "../../src/assets/price_feed.ts";
import type { PricePlan } from "../../src/plan/plan.ts";
import { type Price, pricesOf, worthOf } from "../../src/poller/prices.ts";
import { type AccountState, UNKNOWN } from "../../src/poller/state.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const NOW = 1_700_000_000;
const MAX_AGE = 7200;

interface Reported {
  readonly answer?: bigint | undefined;
  readonly answerAt?: number;
  readonly updated?: bigint | undefined;
  readonly updatedAt?: number;
  readonly decimals?: number | undefined;
}

const stateOf = (amount: bigint | undefined, readAt: number): AccountState =>
  amount === undefined ? UNKNOWN : { ...UNKNOWN, reading: { amount, block: undefined, at: NOW, readAt } };

/** The price of a feed that says this; at first 2,000 USD of a minute ago, with 8 decimals. */
async function priceWith(reported: Reported, symbols = ["ETH"]): Promise<ReadonlyMap<string, Price> | undefined> {
  using clock = createFakeClock(NOW);
  const plan = await planOfV2(
    `version: 2\nnetworks: [{ name: n, endpoints: [http://n], wallets: [{ address: "${addressOf(1)}", label: a }] }]`,
  );
  const state = networkAt(watched(plan, { clock }).store, 0);
  const feed = new PriceFeed(addressOf(9));
  const [account, updated] = [feed.account(addressOf(9)), feed.updated];
  const token = { symbol: "ETH", address: addressOf(9), decimals: undefined, wallets: "named", asset: feed } as const;
  const price: PricePlan = { symbols, token, account, updated, round: feed.round, maxAge: 1000 * MAX_AGE };
  const known = {
    answer: 2000_00000000n,
    answerAt: 5,
    updated: BigInt(NOW - 60),
    updatedAt: 5,
    decimals: 8,
    ...reported,
  };
  const accounts = new AccountMap([account, updated], UNKNOWN);
  accounts.set(account, stateOf(known.answer, known.answerAt));
  accounts.set(updated, stateOf(known.updated, known.updatedAt));
  const decimals = new Map(known.decimals === undefined ? [] : [[feed.id, known.decimals]]);
  return pricesOf([state, { plan: { ...state.plan, prices: [price] }, accounts, decimals }], clock);
}

const usdWith = async (reported: Reported): Promise<number | undefined> => (await priceWith(reported))?.get("ETH")?.usd;

Deno.test("pricesOf() has the price of a feed for each of its symbols, until it is too old", async () => {
  const price = { usd: 2000, until: NOW - 60 + MAX_AGE };
  assert.deepEqual([...await priceWith({}, ["ETH", "WETH"]) ?? []], [["ETH", price], ["WETH", price]]);
});

Deno.test("pricesOf() has none where answer, time or decimals are not known", async () => {
  for (const reported of [{ answer: undefined }, { updated: undefined }, { decimals: undefined }]) {
    assert.deepEqual([...await priceWith(reported) ?? assert.fail()], []);
  }
  assert.equal(await usdWith({ decimals: 0, answer: 3n }), 3);
});

Deno.test("pricesOf() has none that is not positive", async () => {
  assert.deepEqual([await usdWith({ answer: 0n }), await usdWith({ answer: 2n ** 256n - 1n })], [undefined, undefined]);
});

Deno.test("pricesOf() does not take the time that was read after an answer for that of the answer", async () => {
  assert.deepEqual([await usdWith({ answerAt: 4 }), await usdWith({ answerAt: 6 })], [undefined, 2000]);
});

Deno.test("pricesOf() has none that is too old, or of the future", async () => {
  const at = (seconds: number): Promise<number | undefined> => usdWith({ updated: BigInt(NOW + seconds) });
  assert.deepEqual([await at(-MAX_AGE), await at(-MAX_AGE - 1)], [2000, undefined]);
  assert.deepEqual([await at(900), await at(901)], [2000, undefined]);
});

Deno.test("pricesOf() is undefined where no network has prices", async () => {
  using clock = createFakeClock(NOW);
  const plan = await planOfV2(
    `version: 2\nnetworks: [{ name: n, endpoints: [http://n], wallets: [{ address: "${addressOf(1)}", label: a }] }]`,
  );
  const state = networkAt(watched(plan, { clock }).store, 0);
  assert.equal(pricesOf([state, state], clock), undefined);
});

Deno.test("worthOf() multiplies by the price, and is unknown where anything of it is", () => {
  const prices = new Map([["ETH", { usd: 1234.5, until: NOW }]]);
  assert.equal(worthOf(prices, 2n * COIN, 18, "ETH"), 2469);
  assert.equal(worthOf(prices, 0n, 0, "ETH"), 0);
  // Not 0.30000000000000004.
  assert.equal(worthOf(new Map([["A", { usd: 0.1, until: 0 }]]), 3n, 0, "A"), 0.3);
  // Nor 0.6000000000000001.
  assert.equal(worthOf(new Map([["A", { usd: 0.05, until: 0 }]]), 12n, 0, "A"), 0.6);
  // Fifteen digits, no fewer.
  assert.equal(worthOf(new Map([["A", { usd: 1.23456789012345, until: 0 }]]), 1n, 0, "A"), 1.23456789012345);
  assert.equal(worthOf(new Map([["A", { usd: 1.23456789012345, until: 0 }]]), 3n, 0, "A"), 3.70370367037035);
  assert.equal(worthOf(undefined, 1n, 18, "ETH"), undefined);
  assert.equal(worthOf(prices, undefined, 18, "ETH"), undefined);
  assert.equal(worthOf(prices, 1n, undefined, "ETH"), undefined);
  assert.equal(worthOf(prices, 1n, 18, undefined), undefined);
  assert.equal(worthOf(prices, 1n, 18, "POL"), undefined);
});
