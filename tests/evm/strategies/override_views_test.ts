import type { Account } from "../../../src/assets/asset.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_OVERRIDE_VIEWS, overrideViewsCall } from "../../../src/evm/strategies/override_views.ts";
import { decimalsKey, toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const TOKEN = `0x${"ab".repeat(20)}`;
const KEY = 0x1234567n;
const HEAD = [10n, 7n, 1_700_000_000n];
const WORD = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

const accounts = (count: number): readonly Account[] =>
  toAccounts(accountsOf(count).map((holder) => tokenKey(TOKEN, holder)));

/** What the program returns: the head, two words per entry, and the tag. */
function answerOf(entries: readonly (readonly [bytes: bigint, word: bigint])[], head = HEAD, key = KEY): string {
  const words = [...head, ...entries.flat()];
  let tag = key;
  for (const word of words) tag = (tag * key + word) % 2n ** 256n;
  return `0x${[...words, tag].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

Deno.test("overrideViewsCall() calls each contract for what its account holds", () => {
  const [holder = ""] = accountsOf(1);
  const { method, params, answerBytes } = overrideViewsCall(
    toAccounts([tokenKey(TOKEN, holder), decimalsKey(TOKEN)]),
    "latest",
    KEY,
  );
  const [call, block, overrides] = JSON.parse(params);
  assert.deepEqual([method, block, answerBytes], ["eth_call", "latest", 256 + 64 * 8]);
  const entries = `70a08231${TOKEN.slice(2)}${holder.slice(2)}313ce567${TOKEN.slice(2)}${"0".repeat(40)}`;
  assert.equal(call.data, `0x${KEY.toString(16).padStart(64, "0")}${entries}`);
  assert.deepEqual(Object.keys(overrides), [call.to]);
  assert.equal(JSON.parse(overrideViewsCall(accounts(1), { number: 255n, time: 0 }).params)[1], "0xff");
});

Deno.test("overrideViewsCall() has gas for each contract, and no more than every node supports", () => {
  const gas = [1, 10, MAX_OVERRIDE_VIEWS].map((count) =>
    Number(JSON.parse(overrideViewsCall(accounts(count), "latest").params)[0].gas)
  );
  assert.deepEqual(gas, [510_000, 2_400_000, 16_777_216]);
  assert.equal(MAX_OVERRIDE_VIEWS, 500);
  assert.ok(64 * MAX_OVERRIDE_VIEWS <= 100_000, "erigon and bor return no more");
  assert.equal(overrideViewsCall(accounts(3), "latest").answerBytes, 256 + 64 * 10);
});

Deno.test("overrideViewsCall() reads what was returned, and a contract without a word has failed", () => {
  const call = overrideViewsCall(accounts(5), "latest", KEY);
  const { chainId, block, balances } = call.decode(answerOf([[32n, 5n], [0n, 9n], [64n, 9n], [31n, 9n], [32n, 0n]]));
  assert.deepEqual([chainId, block], [10, { number: 7n, time: 1_700_000_000, byEvm: true }]);
  assert.deepEqual(balances.map((each) => each instanceof RpcError ? each.reason : each), [
    5n,
    "reverted",
    "reverted",
    "reverted",
    0n,
  ]);
});

Deno.test("overrideViewsCall() accepts an answer that ended early, and none that has nothing or too much", () => {
  const call = overrideViewsCall(accounts(2), "latest", KEY);
  const entry = [32n, 5n] as const;
  assert.equal(call.decode(answerOf([entry])).balances.length, 1);
  assert.equal(call.decode(answerOf([entry, entry])).balances.length, 2);
  for (
    const bad of [
      answerOf([]),
      answerOf([entry, entry, entry]),
      answerOf([entry], [1n]),
      answerOf([entry], [...HEAD, 1n]),
      "0x",
      "",
    ]
  ) {
    assert.throws(() => call.decode(bad), (error) => error instanceof RpcError && error.reason === "bad_value", bad);
  }
});

Deno.test("overrideViewsCall() refuses a chain id or a time that no chain has", () => {
  const call = overrideViewsCall(accounts(1), "latest", KEY);
  for (const head of [[2n ** 53n, 7n, 1n], [1n, 7n, 2n ** 200n]]) {
    assert.throws(() => call.decode(answerOf([[32n, 1n]], head)), { reason: "bad_value" });
  }
});

Deno.test("overrideViewsCall() refuses an answer in which any digit was changed, or that is of another call", () => {
  const call = overrideViewsCall(accounts(3), "latest", KEY);
  fc.assert(
    fc.property(
      fc.array(WORD, { minLength: 3, maxLength: 3 }),
      fc.nat(),
      fc.integer({ min: 1, max: 15 }),
      (words, at, by) => {
        const good = answerOf(words.map((word) => [32n, word] as const));
        const place = 2 + at % (good.length - 2);
        const digit = ((parseInt(good.charAt(place), 16) + by) % 16).toString(16);
        const bad = good.slice(0, place) + digit + good.slice(place + 1);
        assert.throws(() => call.decode(bad), { reason: "integrity" });
      },
    ),
  );
  assert.throws(() => call.decode(answerOf([[32n, 1n]], HEAD, KEY + 2n)), { reason: "integrity" });
  assert.throws(() => call.decode(`0x${"0".repeat(64 * 6)}`), { reason: "integrity" });
});

Deno.test("overrideViewsCall() carries no native balance", () => {
  assert.throws(() => overrideViewsCall(toAccounts(accountsOf(1)), "latest"), /Only views are read/);
});
