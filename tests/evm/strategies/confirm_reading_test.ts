import { chunksOf } from "../../fakes/read_values.ts";
import assert from "node:assert/strict";
import { confirm } from "../../../src/evm/strategies/confirm.ts";
import type { BatchBalances } from "../../../src/evm/strategies/batch_balances.ts";
import type { AmountOrReason, ChunkResult, ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import type { Call } from "../../../src/jsonrpc/call.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { startLocalNode } from "../../fakes/fake_node.ts";

const COINS = accountsOf(2);
const [HOLDER = ""] = COINS;
const HEAD = { chainId: 1, block: { number: 100n, time: 1000 } } as const;
const [FIRST, SECOND] = toAccounts(COINS);
assert.ok(FIRST !== undefined && SECOND !== undefined);
const GOOD: ReadResult = {
  chunks: [{ head: undefined, values: [[FIRST, "missing"]] }, { head: HEAD, values: [[SECOND, 9n]] }],
  failure: undefined,
};

/** A result of both wallets in one request. */
function both(value: AmountOrReason, head: ChunkResult["head"] = undefined): ReadResult {
  return { chunks: chunksOf([[value, value]], toAccounts(COINS), head), failure: undefined };
}

/** What is made of readings, one after the other, by a node that has other plain balances, or none. */
async function confirmAll(
  plain: bigint | Error,
  readings: readonly ReadResult[],
  accounts = COINS,
): Promise<
  Readonly<{ results: readonly ReadResult[]; requests: number; faults: readonly string[]; isEqual: unknown }>
> {
  const clock = createFakeClock();
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts, clock });
  using node = startLocalNode({
    answer: ({ method }) => {
      if (plain instanceof Error) throw plain;
      return method === "eth_chainId" ? "0x1" : `0x${plain.toString(16)}`;
    },
  });
  const { endpoint, selector } = pool.poolEndpoint;
  const callOf = (): Call<BatchBalances> => ({
    method: "eth_call",
    params: "[]",
    answerBytes: 1000,
    decode: () => ({ ...HEAD, balances: [9n] }),
  });
  const target = { at: "latest", admit: () => {} } as const;
  const results: ReadResult[] = [];
  const question = { endpoint, selector, accounts: toAccounts(accounts), target, limits: pool.limits };
  for (const reading of readings) results.push(await confirm("packed", reading, question, callOf));
  const { at, ...comparison } = selector.comparisons.get("packed") ?? { at: clock.now() };
  assert.equal(at, clock.now());
  if ("isEqual" in comparison) assert.equal(comparison.chainId, 1);
  const isEqual = "isEqual" in comparison ? comparison.isEqual : undefined;
  return { results, requests: node.seen.length, faults: [...pool.faults], isEqual };
}

Deno.test("confirm() compares a strategy once, and lets its readings pass when it gave the same", async () => {
  const { results, requests, isEqual } = await confirmAll(9n, [GOOD, GOOD]);
  assert.deepEqual([results[0], results[1], requests, isEqual], [GOOD, GOOD, 1, true]);
});

Deno.test("confirm() rejects a strategy that returned other balances, and reports that another one may help", async () => {
  const { results: [result], faults, isEqual } = await confirmAll(7n, [GOOD]);
  assert.deepEqual(result?.chunks, both("integrity").chunks);
  assert.deepEqual([result?.failure?.reason, result?.failure?.refusal], ["integrity", "unsupported"]);
  assert.equal(result?.failure?.message, "packed returns other balances than eth_getBalance");
  assert.deepEqual([result?.unconfirmed, faults, isEqual], [undefined, ["integrity"], false]);
});

Deno.test("confirm() marks a reading as unconfirmed when the comparison was not answered, and learns nothing", async () => {
  const { results: [result], isEqual } = await confirmAll(new Error("rate limit exceeded"), [GOOD]);
  assert.deepEqual(result?.chunks, both("throttled").chunks);
  assert.deepEqual([result?.unconfirmed, result?.failure?.reason, isEqual], [true, "throttled", undefined]);
});

Deno.test("confirm() compares nothing that can show no difference", async () => {
  const tokens = COINS.map((holder) => tokenKey(HOLDER, holder));
  const without = both(9n);
  const coinless = both(0n, { ...HEAD, chainId: 4217 });
  for (const [reading, accounts] of [[without, COINS], [coinless, COINS], [GOOD, tokens]] as const) {
    const { results, requests, isEqual } = await confirmAll(7n, [reading], accounts);
    assert.deepEqual([results, requests, isEqual], [[reading], 0, undefined]);
  }
});

const ZEROS = both(0n, HEAD);

Deno.test("confirm() compares zeros once, and what has something all the same", async () => {
  const { results, requests } = await confirmAll(0n, [ZEROS, ZEROS]);
  assert.deepEqual([results, requests], [[ZEROS, ZEROS], 1]);
  // 9 in place of the plain 0.
  const { results: [, funded], isEqual } = await confirmAll(0n, [ZEROS, GOOD]);
  assert.deepEqual([funded?.failure?.reason, isEqual], ["integrity", false]);
});

Deno.test("confirm() lets no zeros pass where plain balances are others, or are not answered", async () => {
  const { results: [other], isEqual } = await confirmAll(7n, [ZEROS]);
  assert.deepEqual([other?.failure?.reason, other?.unconfirmed, isEqual], ["integrity", undefined, false]);
  const { results: [none] } = await confirmAll(new Error("rate limit exceeded"), [ZEROS]);
  assert.deepEqual([none?.failure?.reason, none?.unconfirmed], ["throttled", true]);
});

Deno.test("confirm() hides no fault of the program", async () => {
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: COINS, clock: createFakeClock() });
  using _ = startLocalNode({ answer: () => "0x7" });
  const { endpoint, selector } = pool.poolEndpoint;
  const target = { at: "latest", admit: () => {} } as const;
  const question = { endpoint, selector, accounts: toAccounts(COINS), target, limits: pool.limits };
  const broken = (): never => {
    throw new TypeError("broken");
  };
  await assert.rejects(confirm("packed", GOOD, question, broken), TypeError);
});
