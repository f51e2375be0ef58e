import assert from "node:assert/strict";
import fc from "fast-check";
import { MOST_PACKED_TOKENS, packedTokensCall } from "../../../src/evm/strategies/packed_tokens_call.ts";
import { decimalsAccount } from "../../../src/evm/strategies/view_call.ts";
import { tokenAccount } from "../../../src/plan/plan.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const TOKEN = `0x${"ab".repeat(20)}`;
const KEY = 0x1234567n;
const HEAD = [10n, 7n, 1_700_000_000n];
const WORD = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

const accounts = (count: number): readonly string[] => accountsOf(count).map((holder) => tokenAccount(TOKEN, holder));

/** What the loop answers: the head, two words an entry, and the seal. */
function answerOf(entries: readonly (readonly [bytes: bigint, told: bigint])[], head = HEAD, key = KEY): string {
  const words = [...head, ...entries.flat()];
  let seal = key;
  for (const word of words) seal = (seal * key + word) % 2n ** 256n;
  return `0x${[...words, seal].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

Deno.test("packedTokensCall() asks each contract for what its account is of", () => {
  const [holder = ""] = accountsOf(1);
  const { method, params, answerBytes } = packedTokensCall(
    [tokenAccount(TOKEN, holder), decimalsAccount(TOKEN)],
    "latest",
    KEY,
  );
  const [call, block, overrides] = JSON.parse(params);
  assert.deepEqual([method, block, answerBytes], ["eth_call", "latest", 256 + 64 * 8]);
  const entries = `70a08231${TOKEN.slice(2)}${holder.slice(2)}313ce567${TOKEN.slice(2)}${"0".repeat(40)}`;
  assert.equal(call.data, `0x${KEY.toString(16).padStart(64, "0")}${entries}`);
  assert.deepEqual(Object.keys(overrides), [call.to]);
  assert.equal(JSON.parse(packedTokensCall(accounts(1), { number: 255n, time: 0 }).params)[1], "0xff");
});

Deno.test("packedTokensCall() gives gas for each contract, and no more than every node takes", () => {
  const gas = [1, 10, MOST_PACKED_TOKENS].map((count) =>
    Number(JSON.parse(packedTokensCall(accounts(count), "latest").params)[0].gas)
  );
  assert.deepEqual(gas, [510_000, 2_400_000, 16_777_216]);
  assert.equal(MOST_PACKED_TOKENS, 500);
  assert.ok(64 * MOST_PACKED_TOKENS <= 100_000, "erigon and bor return no more");
  assert.equal(packedTokensCall(accounts(3), "latest").answerBytes, 256 + 64 * 10);
});

Deno.test("packedTokensCall() reads what was told, and a contract that told no word has failed", () => {
  const call = packedTokensCall(accounts(5), "latest", KEY);
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

Deno.test("packedTokensCall() takes an answer that ended early, and none that has nothing or too much", () => {
  const call = packedTokensCall(accounts(2), "latest", KEY);
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

Deno.test("packedTokensCall() refuses a chain id or a time that no chain has", () => {
  const call = packedTokensCall(accounts(1), "latest", KEY);
  for (const head of [[2n ** 53n, 7n, 1n], [1n, 7n, 2n ** 200n]]) {
    assert.throws(() => call.decode(answerOf([[32n, 1n]], head)), { reason: "bad_value" });
  }
});

Deno.test("packedTokensCall() refuses an answer in which any digit was changed, or that is of another call", () => {
  const call = packedTokensCall(accounts(3), "latest", KEY);
  fc.assert(
    fc.property(
      fc.array(WORD, { minLength: 3, maxLength: 3 }),
      fc.nat(),
      fc.integer({ min: 1, max: 15 }),
      (told, at, by) => {
        const good = answerOf(told.map((word) => [32n, word] as const));
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

Deno.test("packedTokensCall() has no way to ask for a coin", () => {
  assert.throws(() => packedTokensCall(accountsOf(1), "latest"), /A coin is asked of no contract/);
});
