import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_OVERRIDE_BALANCES, overrideBalancesCall } from "../../../src/evm/strategies/override_balances.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { answerPackedCall } from "../../fakes/answer_call.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const TRUTH = { chainId: 10, block: 7n, time: 1_700_000_000 };
const WORD = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

function answerTo(call: ReturnType<typeof overrideBalancesCall>, balances: readonly bigint[]): string {
  let place = 0;
  const params = JSON.parse(call.params);
  const answer = answerPackedCall({ id: 1, method: call.method, params }, {
    ...TRUTH,
    balanceOf: () => balances[place++] ?? 0n,
  });
  assert.ok(answer !== undefined);
  return answer;
}

Deno.test("overrideBalancesCall() requests all addresses in one call, at the given block, with gas for them", () => {
  const accounts = accountsOf(3);
  const [call, block, overrides] = JSON.parse(overrideBalancesCall(toAccounts(accounts), "latest", 5n).params);
  assert.equal(block, "latest");
  assert.equal(call.data, `0x${"5".padStart(64, "0")}${accounts.map((account) => account.slice(2)).join("")}`);
  assert.deepEqual(Object.keys(overrides), [call.to]);
  assert.equal(JSON.parse(overrideBalancesCall(toAccounts(accounts), { number: 255n, time: 0 }).params)[1], "0xff");
  const most = JSON.parse(overrideBalancesCall(toAccounts(accountsOf(MAX_OVERRIDE_BALANCES)), "latest").params)[0];
  assert.ok(Number(most.gas) <= 16_777_216 && Number(most.gas) >= MAX_OVERRIDE_BALANCES * 3500);
});

Deno.test("overrideBalancesCall() carries no token", () => {
  const [token = "", holder = ""] = accountsOf(2);
  assert.throws(
    () => overrideBalancesCall(toAccounts([holder, tokenKey(token, holder)]), "latest"),
    /Only native balances are read/,
  );
});

Deno.test("overrideBalancesCall() uses another odd key of 128 bits for each call", () => {
  const keys = Array.from({ length: 100 }, () => BigInt(JSON.parse(overrideBalancesCall([], "latest").params)[0].data));
  assert.equal(new Set(keys).size, 100);
  assert.ok(keys.every((key) => key % 2n === 1n && key < 2n ** 128n));
  assert.ok(keys.some((key) => key >= 2n ** 124n));
});

Deno.test("overrideBalancesCall() requests no more than every node supports, and limits the size of the answer", () => {
  assert.equal(MAX_OVERRIDE_BALANCES, 3000);
  assert.ok(32 * (MAX_OVERRIDE_BALANCES + 4) <= 100_000, "erigon and bor return no more");
  const gas = [1, 1000, 3000, 3100].map((count) =>
    Number(JSON.parse(overrideBalancesCall(toAccounts(accountsOf(count)), "latest").params)[0].gas)
  );
  assert.deepEqual(gas, [205_500, 5_700_000, 16_700_000, 16_777_216]);
  const call = overrideBalancesCall(toAccounts(accountsOf(2)), "latest");
  assert.deepEqual([call.method, call.answerBytes], ["eth_call", 256 + 64 * 6]);
});

Deno.test("overrideBalancesCall() refuses a chain id or a time that no chain has", () => {
  for (const head of [{ chainId: 2 ** 53 }, { time: 2n ** 200n }]) {
    const call = overrideBalancesCall(toAccounts(accountsOf(1)), "latest");
    const answer = answerPackedCall({ id: 1, method: call.method, params: JSON.parse(call.params) }, {
      ...TRUTH,
      ...head,
      balanceOf: () => 1n,
    });
    assert.throws(() => call.decode(answer), { reason: "bad_value" });
  }
  const call = overrideBalancesCall(toAccounts(accountsOf(1)), "latest");
  const largest = Number.MAX_SAFE_INTEGER;
  const params = JSON.parse(call.params);
  const answer = answerPackedCall({ id: 1, method: call.method, params }, {
    chainId: largest,
    block: 1n,
    time: largest,
    balanceOf: () => 1n,
  });
  assert.deepEqual(call.decode(answer).chainId, largest);
});

Deno.test("overrideBalancesCall() reads every balance that a node can answer", () => {
  fc.assert(fc.property(fc.array(WORD, { minLength: 1, maxLength: 20 }), (balances) => {
    const call = overrideBalancesCall(toAccounts(accountsOf(balances.length)), "latest");
    assert.deepEqual(call.decode(answerTo(call, balances)), {
      chainId: 10,
      block: { number: 7n, time: 1_700_000_000, byEvm: true },
      balances,
    });
  }));
});

Deno.test("overrideBalancesCall() refuses an answer to another call of the same accounts", () => {
  const accounts = accountsOf(5);
  const [one, other] = [
    overrideBalancesCall(toAccounts(accounts), "latest"),
    overrideBalancesCall(toAccounts(accounts), "latest"),
  ];
  assert.throws(() => other.decode(answerTo(one, [1n, 2n, 3n, 4n, 5n])), { reason: "integrity" });
  const none = overrideBalancesCall(toAccounts(accounts), "latest");
  assert.throws(() => none.decode(answerTo(overrideBalancesCall(toAccounts(accounts), "latest"), [])), {
    reason: "integrity",
  });
});

Deno.test("overrideBalancesCall() refuses an answer with any digit changed, and any two words swapped", () => {
  const count = 6;
  fc.assert(fc.property(
    fc.array(WORD, { minLength: count, maxLength: count }),
    fc.nat(),
    fc.integer({ min: 1, max: 15 }),
    (balances, place, by) => {
      const call = overrideBalancesCall(toAccounts(accountsOf(count)), "latest");
      const answer = answerTo(call, balances);
      const at = 2 + place % (answer.length - 2);
      const digit = (parseInt(answer.charAt(at), 16) + by) % 16;
      const changed = answer.slice(0, at) + digit.toString(16) + answer.slice(at + 1);
      assert.throws(() => call.decode(changed), RpcError);
      const words = answer.slice(2).match(/.{64}/g) ?? [];
      const [one, other] = [place % words.length, (place + by) % words.length];
      if (words[one] === words[other]) return;
      const swapped = words.map((word, index) => index === one ? words[other] : index === other ? words[one] : word);
      assert.throws(() => call.decode(`0x${swapped.join("")}`), { reason: "integrity" });
    },
  ));
});

Deno.test("overrideBalancesCall() reports a node that ignores the override, and runs no code, as one without support", () => {
  const call = overrideBalancesCall(toAccounts(accountsOf(2)), "latest");
  assert.throws(() => call.decode("0x"), { reason: "bad_value", refusal: "unsupported" });
  assert.throws(() => call.decode(""), { reason: "bad_value", refusal: undefined });
});

Deno.test("overrideBalancesCall() refuses what is no answer at all", () => {
  const call = overrideBalancesCall(toAccounts(accountsOf(2)), "latest");
  const answer = answerTo(call, [1n, 2n]);
  const wrong: readonly unknown[] = [
    "0x",
    "",
    null,
    undefined,
    5,
    [],
    answer.slice(0, -1),
    answer.slice(0, -64),
    answer + "0".repeat(64),
    answer.replace("0x", "1x"),
    ` ${answer.slice(1)}`,
    answer.slice(0, -1) + "g",
    "0x" + "0".repeat(answer.length - 3),
  ];
  for (const each of wrong) assert.throws(() => call.decode(each), { reason: "bad_value" });
  // The right shape, from a node that runs something else.
  for (const digit of ["0", "1", "f"]) {
    assert.throws(() => call.decode(`0x${digit.repeat(answer.length - 2)}`), { reason: "integrity" });
  }
});
