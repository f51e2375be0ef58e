import assert from "node:assert/strict";
import { applyDecimals, type TokenReading, unknownDecimals } from "../../../src/evm/pool/token_decimals.ts";
import type { Outcome } from "../../../src/model/source.ts";
import { PriceFeed } from "../../../src/assets/price_feed.ts";
import type { PricePlan } from "../../../src/plan/plan.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";
import { outcomesFor } from "../../fakes/watched.ts";

const [WALLET = ""] = accountsOf(1);
const [X, Y] = ["aa", "bb"].map((digits) => `0x${digits.repeat(20)}`) as [string, string];
const KEYS = [WALLET, tokenKey(X, WALLET), tokenKey(Y, WALLET)];
/** The native balance, two tokens, and the decimals of each. */
const ALL = toAccounts([...KEYS, `${X}/decimals`, `${Y}/decimals`]);

const of = (amount: bigint): Outcome => ({ amount, block: undefined });
const BALANCES = [of(1n), of(2n), of(3n)];

/** Two tokens, of which the first is configured with these decimals. */
function open(configured?: number): OpenPool {
  return openPool(["http://127.0.0.1:9998/"], {
    accounts: KEYS,
    plan: { tokens: [{ symbol: "X", address: X, decimals: configured }, { symbol: "Y", address: Y }] },
  });
}

function outcomesIn({ outcomes }: TokenReading): readonly unknown[] {
  return [...outcomes].map(([, outcome]) => typeof outcome === "string" ? outcome : outcome.amount);
}

function entriesOf(map: ReadonlyMap<string, number>): readonly unknown[] {
  return [...map];
}

Deno.test("applyDecimals() uses and keeps reported decimals, and removes them from the outcomes", () => {
  using pool = open();
  const { network } = pool;
  assert.deepEqual(unknownDecimals(network), ALL.slice(3));
  const reading = applyDecimals(network, outcomesFor(ALL, [...BALANCES, of(6n), of(18n)]));
  assert.deepEqual(outcomesIn(reading), [1n, 2n, 3n]);
  assert.deepEqual(entriesOf(reading.decimals), [[X, 6], [Y, 18]]);
  assert.equal(reading.mismatched.size, 0);
  assert.deepEqual(unknownDecimals(network), []);
  // They are not read again, and the map stays the same, by which changes are found.
  const { decimals } = network;
  const next = applyDecimals(network, outcomesFor(ALL, BALANCES));
  assert.deepEqual([outcomesIn(next), entriesOf(next.decimals)], [[1n, 2n, 3n], [[X, 6], [Y, 18]]]);
  assert.equal(network.decimals, decimals);
});

Deno.test("applyDecimals() withholds balances of a token with unknown decimals, with the reason", () => {
  using pool = open(6);
  const { network } = pool;
  const reading = applyDecimals(network, outcomesFor(ALL, [...BALANCES, "timeout", of(18n)]));
  assert.deepEqual([outcomesIn(reading), entriesOf(reading.decimals)], [[1n, "timeout", 3n], [[Y, 18]]]);
  assert.equal(reading.mismatched.size, 0);
  assert.deepEqual(unknownDecimals(network), ALL.slice(3, 4));
  const next = applyDecimals(network, outcomesFor(ALL, BALANCES));
  assert.deepEqual(outcomesIn(next), [1n, "missing", 3n]);
});

Deno.test("applyDecimals() uses configured decimals where the contract has none, and asks again", () => {
  using pool = open(6);
  const { network } = pool;
  const reading = applyDecimals(network, outcomesFor(ALL, [...BALANCES, "reverted", "reverted"]));
  assert.deepEqual([outcomesIn(reading), entriesOf(reading.decimals)], [[1n, 2n, "reverted"], [[X, 6]]]);
  assert.deepEqual([network.decimals.size, unknownDecimals(network)], [0, ALL.slice(3)]);
});

Deno.test("applyDecimals() withholds balances of a token with other decimals than configured, and logs it", () => {
  using pool = open(18);
  using log = catchLog();
  const reading = applyDecimals(pool.network, outcomesFor(ALL, [...BALANCES, of(6n), of(78n)]));
  assert.deepEqual(outcomesIn(reading), [1n, "integrity", "bad_value"]);
  assert.deepEqual([entriesOf(reading.decimals), [...reading.mismatched]], [[], [X, Y]]);
  assert.deepEqual(log.lines, [{
    level: "error",
    msg: "Token decimals mismatch",
    network: "n",
    symbol: "X",
    reported: 6,
    configured: 18,
    advice: "Its balances are not shown until they match: check its address and the chain",
  }]);
  const next = applyDecimals(pool.network, outcomesFor(ALL, [...BALANCES, of(18n), of(77n)]));
  assert.deepEqual([outcomesIn(next), entriesOf(next.decimals)], [[1n, 2n, 3n], [[X, 18], [Y, 77]]]);
});

Deno.test("applyDecimals() changes nothing on a network without tokens", () => {
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: [WALLET] });
  const outcomes = outcomesFor(ALL, BALANCES.slice(0, 1));
  const reading = applyDecimals(pool.network, outcomes);
  assert.equal(reading.outcomes, outcomes);
  assert.deepEqual([reading.decimals.size, reading.mismatched.size, unknownDecimals(pool.network)], [0, 0, []]);
});

Deno.test("applyDecimals() uses the decimals that a feed has when its price is read, else those of the last price", () => {
  using pool = open();
  const feeds = [X, Y].map((address) => new PriceFeed(address));
  const prices = feeds.map((asset): PricePlan => {
    const { contract: address, updated, round } = asset;
    const token = { symbol: address, address, decimals: undefined, wallets: "named", asset } as const;
    return { symbols: [address], token, account: asset.account(address), updated, round, maxAge: 1 };
  });
  const { network } = pool;
  Object.assign(network, { plan: { ...network.plan, tokens: prices.map(({ token }) => token), prices } });
  const decimals = feeds.map((feed) => feed.decimals);
  const accounts = [...prices.map(({ account }) => account), ...decimals];
  /** What is shown of both prices, and the decimals that are known of both feeds. */
  const apply = (...outcomes: readonly Outcome[]): readonly unknown[] => {
    const reading = applyDecimals(network, outcomesFor(accounts, outcomes));
    const known = feeds.map(({ id }) => reading.decimals.get(id));
    assert.deepEqual(feeds.map(({ id }) => network.decimals.get(id)), known);
    return [...outcomesIn(reading), ...known];
  };
  assert.deepEqual(apply(of(5n), of(6n), of(8n), of(18n)), [5n, 6n, 8, 18]);
  const before = network.decimals;
  assert.deepEqual(apply(of(5n), of(6n), of(8n), of(18n)), [5n, 6n, 8, 18]);
  assert.equal(network.decimals, before);
  assert.deepEqual(unknownDecimals(network), decimals, "they may change");
  assert.deepEqual(apply(of(5n), of(6n), of(8n), of(6n)), [5n, 6n, 8, 6]);
  assert.deepEqual(apply(of(5n), "timeout", of(9n), of(7n)), [5n, "timeout", 9, 6]);
  assert.deepEqual(apply(of(5n), of(6n), "timeout", of(7n)), ["timeout", 6n, 9, 7]);
});
