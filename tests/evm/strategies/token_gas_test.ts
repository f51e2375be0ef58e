import { chunksOf, valuesOf } from "../../fakes/read_values.ts";
import assert from "node:assert/strict";
import type { LearnedStrategy } from "../../../src/evm/strategies/strategy_selector.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import type { ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { retryWithoutGas } from "../../../src/evm/strategies/retry_without_gas.ts";
import { gasOf, isUnbounded } from "../../../src/evm/strategies/token_gas.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { type Item, startLocalNode } from "../../fakes/fake_node.ts";

const HOUR = 3_600_000;
const HEAD = { chainId: 1, block: { number: 100n, time: 1000 } } as const;
const COINS = accountsOf(2);
const [X = "", Y = ""] = ["aa", "bb"].map((digits) => `0x${digits.repeat(20)}`);
const KEYS = [...COINS, ...COINS.map((holder) => tokenKey(X, holder)), tokenKey(Y, COINS[0] ?? "")];
const ACCOUNTS = toAccounts(KEYS);

interface Gas extends AsyncDisposable {
  /** What is made of a reading. */
  retry(outcomes: readonly AmountOrReason[]): Promise<ReadResult>;
  /** The calls to contracts since the last time, as `contract gas block`. */
  calls(): readonly string[];
  /** How many requests were sent so far. */
  requests(): number;
  readonly endpoint: Parameters<typeof gasOf>[0];
  readonly clock: ReturnType<typeof createFakeClock>;
}

/** An endpoint whose tokens answer 7 without `gas`, but for those that fail either way. */
function openGas(failing: readonly string[] = [], strategy: LearnedStrategy = "packed"): Gas {
  const clock = createFakeClock();
  const pool = openPool(["http://127.0.0.1:9998/"], { accounts: KEYS, clock, strategy });
  const node = startLocalNode({
    answer: ({ method, params: [call] }) => {
      if (method === "eth_chainId") return "0x1";
      if (method === "eth_getBalance") return "0x5";
      if (method === "eth_getBlockByNumber") return { number: "0x64", timestamp: "0x3e8" };
      const { to, gas } = call as { readonly to: string; readonly gas?: string };
      if (gas !== undefined || failing.includes(to)) throw new Error("execution reverted");
      return `0x${"7".padStart(64, "0")}`;
    },
  });
  const { endpoint, selector } = pool.poolEndpoint;
  selector.blockChecks.view.ignored = false;
  let seen = 0;
  const target = { at: "latest", admit: () => {}, admitLatest: () => {} } as const;
  return {
    retry: (outcomes) => {
      const reading = { chunks: chunksOf([outcomes], ACCOUNTS, HEAD), failure: undefined };
      return retryWithoutGas({ endpoint, selector, accounts: ACCOUNTS, target, limits: pool.limits }, reading);
    },
    calls: () => {
      const calls = node.seen.slice(seen).flatMap(({ items }) => items);
      seen = node.seen.length;
      return calls.filter(({ method }) => method === "eth_call").map(shown);
    },
    requests: () => node.seen.length,
    endpoint,
    clock,
    [Symbol.asyncDispose]: () => {
      node[Symbol.dispose]();
      pool[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

function shown({ params: [call, block] }: Item): string {
  const { to, gas } = call as { readonly to: string; readonly gas?: string };
  return `${to} ${gas ?? "without"} ${block}`;
}

/** What a result has of each account in the end. */
function outcomesIn(result: ReadResult): ReturnType<typeof valuesOf> {
  return valuesOf(result, ACCOUNTS);
}

const FAILED: readonly AmountOrReason[] = [5n, 5n, "reverted", "reverted", 9n];

for (const [strategy, block] of [["packed", "0x64"], ["latest", "latest"]] as const) {
  Deno.test(`a token that fails is read again without a gas limit, and all its holders once it answers: ${strategy}`, async () => {
    await using gas = openGas([], strategy);
    const { endpoint } = gas;
    const reading = await gas.retry(FAILED);
    assert.deepEqual(outcomesIn(reading), [5n, 5n, 7n, 7n, 9n]);
    assert.deepEqual(gas.calls(), [`${X} without ${block}`, `${X} without ${block}`]);
    const known = ACCOUNTS.map((account) => isUnbounded(endpoint, account));
    assert.deepEqual(known, [false, false, true, true, false]);
    // From now on it is asked without gas in the first place: what fails all the same is not asked twice.
    await gas.retry(FAILED);
    assert.deepEqual(gas.calls(), []);
  });
}

Deno.test("a token that works without a gas limit alone is asked with it again after a day", async () => {
  await using gas = openGas();
  const { clock, endpoint } = gas;
  const isKnown = (): boolean => isUnbounded(endpoint, ACCOUNTS[2] ?? assert.fail());
  for (let day = 0; day < 3; day++) {
    assert.deepEqual(outcomesIn(await gas.retry(FAILED)), [5n, 5n, 7n, 7n, 9n]);
    assert.equal(gas.calls().length, 2);
    await clock.advance(24 * HOUR - 1);
    assert.equal(isKnown(), true);
    await gas.retry(FAILED);
    assert.deepEqual(gas.calls(), []);
    await clock.advance(1);
    assert.equal(isKnown(), false);
  }
});

Deno.test("a token with one holder costs one call", async () => {
  await using gas = openGas();
  const reading = await gas.retry([5n, 5n, 9n, 9n, "reverted"]);
  assert.deepEqual(outcomesIn(reading), [5n, 5n, 9n, 9n, 7n]);
  assert.deepEqual(gas.calls(), [`${Y} without 0x64`]);
  assert.equal(gas.requests(), 2, "the head, and the balance");
});

Deno.test("a token that fails either way is read without a gas limit once an hour, and with one in between", async () => {
  await using gas = openGas([X]);
  const { clock, endpoint } = gas;
  const reading = await gas.retry(FAILED);
  assert.deepEqual([outcomesIn(reading), reading.wastedRequests], [FAILED, 2]);
  assert.deepEqual(gas.calls(), [`${X} without 0x64`]);
  assert.deepEqual(ACCOUNTS.filter((account) => isUnbounded(endpoint, account)), []);
  await clock.advance(HOUR - 1);
  assert.equal((await gas.retry(FAILED)).wastedRequests, undefined);
  assert.deepEqual(gas.calls(), []);
  await clock.advance(1);
  await gas.retry(FAILED);
  assert.deepEqual(gas.calls(), [`${X} without 0x64`]);
});

Deno.test("one token is read again in a poll, each in turn", async () => {
  await using gas = openGas([X]);
  const both: readonly AmountOrReason[] = [5n, 5n, "reverted", 9n, "reverted"];
  assert.deepEqual(outcomesIn(await gas.retry(both)), both);
  assert.deepEqual(outcomesIn(await gas.retry(both)), [5n, 5n, "reverted", 9n, 7n]);
  assert.deepEqual(gas.calls(), [`${X} without 0x64`, `${Y} without 0x64`]);
});

Deno.test("wasted requests add up", async () => {
  await using gas = openGas([X]);
  const { clock, endpoint } = gas;
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: KEYS, clock });
  const { selector } = pool.poolEndpoint;
  selector.blockChecks.view.ignored = false;
  const reading = { chunks: chunksOf([FAILED], ACCOUNTS, HEAD), failure: undefined, wastedRequests: 3 };
  const target = { at: "latest", admit: () => {} } as const;
  const question = { endpoint, selector, accounts: ACCOUNTS, target, limits: pool.limits };
  assert.equal((await retryWithoutGas(question, reading)).wastedRequests, 5);
});

Deno.test("nothing is read again where no token failed, or for another reason", async () => {
  await using gas = openGas();
  for (const outcomes of [[5n, 5n, 9n, 9n, 9n], [5n, 5n, "missing", "rpc_error", 9n], ["reverted", 5n, 9n, 9n, 9n]]) {
    const reading = await gas.retry(outcomes as readonly AmountOrReason[]);
    assert.deepEqual([outcomesIn(reading), reading.wastedRequests], [outcomes, undefined]);
  }
  assert.equal(gas.requests(), 0);
});

Deno.test("retryWithoutGas() retries the first token that failed, also after a native balance that failed", async () => {
  await using gas = openGas();
  const reading = await gas.retry(["reverted", 5n, 9n, "reverted", 9n]);
  assert.deepEqual(outcomesIn(reading), ["reverted", 5n, 9n, 7n, 9n]);
  assert.deepEqual(gas.calls(), [`${X} without 0x64`]);
});

Deno.test("isUnbounded() is a token that was noted for this endpoint alone", () => {
  using one = openPool(["http://127.0.0.1:9998/"], { accounts: COINS });
  using other = openPool(["http://127.0.0.1:9998/"], { accounts: COINS });
  const known = (pool: typeof one): readonly boolean[] =>
    ACCOUNTS.map((account) => isUnbounded(pool.poolEndpoint.endpoint, account));
  assert.deepEqual(known(one), [false, false, false, false, false]);
  gasOf(one.poolEndpoint.endpoint).unbounded.set(X, Infinity);
  assert.deepEqual(known(one), [false, false, true, true, false]);
  assert.deepEqual(known(other), [false, false, false, false, false]);
});
