import { chunksOf } from "../../fakes/read_values.ts";
import assert from "node:assert/strict";
import { confirm } from "../../../src/evm/strategies/confirm.ts";
import type { BatchBalances } from "../../../src/evm/strategies/batch_balances.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import { type ChunkResult, type ReadResult, valuesIn } from "../../../src/evm/strategies/read_chunks.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import type { BlockTag } from "../../../src/plan/plan.ts";
import type { Call } from "../../../src/jsonrpc/call.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { hang, startLocalNode } from "../../fakes/fake_node.ts";

const COINS = accountsOf(2);
const [HOLDER = ""] = COINS;
const HEAD = { chainId: 1, block: { number: 100n, time: 1000 } } as const;
const [FIRST, SECOND] = toAccounts(COINS);
assert.ok(FIRST !== undefined && SECOND !== undefined);
const GOOD: ReadResult = {
  chunks: [...chunksOf([["missing"]], [FIRST]), ...chunksOf([[9n]], [SECOND], HEAD)],
  failure: undefined,
};

/** A result of two accounts in one request. */
function both(value: AmountOrReason, head: ChunkResult["head"] = undefined, keys = COINS): ReadResult {
  return { chunks: chunksOf([[value, value]], toAccounts(keys), head), failure: undefined };
}

/** Returns 9 for any account, at the block of {@linkcode HEAD}. */
function callOf(): Call<BatchBalances> {
  return { method: "eth_call", params: "[]", answerBytes: 1000, decode: () => ({ ...HEAD, balances: [9n] }) };
}

interface Confirmed {
  readonly results: readonly ReadResult[];
  readonly methods: readonly string[];
  readonly faults: readonly string[];
  /** Of the last comparison. */
  readonly isEqual: boolean | undefined;
}

interface Options {
  readonly at?: BlockTag;
  /** When the node's block of the tag was made. */
  readonly tagTime?: number;
}

/** What is made of readings, one after the other, by a node that has other plain balances, or none. */
async function confirmAll(
  plain: bigint | Error,
  readings: readonly ReadResult[],
  { at = "latest", tagTime = HEAD.block.time }: Options = {},
): Promise<Confirmed> {
  const clock = createFakeClock();
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: COINS, clock });
  using node = startLocalNode({
    answer: ({ method }) => {
      if (plain instanceof Error) throw plain;
      if (method === "eth_getBlockByNumber") return { number: "0x64", timestamp: `0x${tagTime.toString(16)}` };
      return method === "eth_chainId" ? "0x1" : `0x${plain.toString(16)}`;
    },
  });
  const { endpoint, selector } = pool.poolEndpoint;
  const results: ReadResult[] = [];
  const target = { at, admit: () => {} };
  for (const reading of readings) {
    const accounts = valuesIn(reading).map(([account]) => account);
    const question = { endpoint, selector, accounts, target, limits: pool.limits };
    results.push(await confirm("packed", reading, question, callOf));
  }
  const comparison = selector.comparisons.get("packed");
  if (comparison !== undefined) assert.equal(comparison.at, clock.now());
  const methods = node.seen.flatMap(({ items }) => items.map(({ method }) => method));
  return { results, methods, faults: [...pool.faults], isEqual: comparison?.isEqual };
}

Deno.test("confirm() compares a strategy once, and lets its readings pass when it gave the same", async () => {
  const { results, methods, isEqual } = await confirmAll(9n, [GOOD, GOOD]);
  assert.deepEqual([results, methods, isEqual], [[GOOD, GOOD], ["eth_getBalance"], true]);
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

const TOKENS = COINS.map((holder) => tokenKey(HOLDER, holder));
const COINLESS = { ...HEAD, chainId: 4217 };

Deno.test("confirm() compares nothing that can show no difference", async () => {
  const unknown = { ...HEAD, chainId: undefined };
  for (const reading of [both(9n), both(9n, unknown), both(9n, COINLESS), both(0n, COINLESS), both(9n, HEAD, TOKENS)]) {
    const { results, methods, isEqual } = await confirmAll(7n, [reading]);
    assert.deepEqual([results, methods, isEqual], [[reading], [], undefined]);
  }
});

Deno.test("confirm() compares a native balance that is read beside tokens", async () => {
  const mixed = { ...GOOD, chunks: [...GOOD.chunks, ...both(9n, HEAD, TOKENS).chunks] };
  const { results: [result] } = await confirmAll(7n, [mixed]);
  assert.equal(result?.failure?.reason, "integrity");
});

Deno.test("confirm() compares no placeholder of a chain without a coin, at a tag either", async () => {
  for (const reading of [both(9n, COINLESS), both(0n, COINLESS)]) {
    const { results, methods, isEqual } = await confirmAll(7n, [reading], { at: "finalized" });
    assert.deepEqual([results, methods, isEqual], [[reading], ["eth_getBlockByNumber"], true]);
  }
});

Deno.test("confirm() rejects a reading of another block than the tag's, without comparing its balances", async () => {
  const options = { at: "finalized", tagTime: HEAD.block.time - 1 } as const;
  for (const reading of [both(9n, HEAD), both(0n, HEAD), both(9n, HEAD, TOKENS)]) {
    const { results: [result], methods, isEqual } = await confirmAll(9n, [reading], options);
    assert.deepEqual([result?.failure?.reason, result?.failure?.refusal], ["state_unavailable", "unsupported"]);
    assert.equal(result?.failure?.message, "the node ignores the requested block");
    assert.deepEqual(methods, ["eth_getBlockByNumber", "eth_call", "eth_getBlockByNumber"]);
    assert.deepEqual([result?.unconfirmed, isEqual], [undefined, false]);
  }
});

const ZEROS = both(0n, HEAD);

Deno.test("confirm() compares zeros once, and what has something all the same", async () => {
  const { results, methods } = await confirmAll(0n, [ZEROS, ZEROS]);
  assert.deepEqual([results, methods], [[ZEROS, ZEROS], ["eth_getBalance", "eth_getBalance"]]);
  // 9 in place of the plain 0.
  const { results: [, funded], isEqual } = await confirmAll(0n, [ZEROS, GOOD]);
  assert.deepEqual([funded?.failure?.reason, isEqual], ["integrity", false]);
});

Deno.test("confirm() compares the first native balance after tokens alone were confirmed at the tag", async () => {
  const tokens = both(9n, HEAD, TOKENS);
  const { results: [first, again, result] } = await confirmAll(7n, [tokens, tokens, GOOD], { at: "finalized" });
  assert.deepEqual([first, again, result?.failure?.reason], [tokens, tokens, "integrity"]);
});

Deno.test("confirm() leaves half of the remaining time to the next strategy", async () => {
  const clock = createFakeClock();
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: COINS, clock });
  using _ = startLocalNode({ instead: hang });
  const { endpoint, selector } = pool.poolEndpoint;
  const limits = { ...pool.limits, timeout: 1_000_000 };
  const target = { at: "latest", admit: () => {} } as const;
  const question = { endpoint, selector, accounts: toAccounts(COINS), target, limits };
  const half = limits.deadline.remaining() / 2;
  let isOver = false;
  const confirming = confirm("packed", GOOD, question, callOf).finally(() => (isOver = true));
  await clock.advance(half - 1);
  assert.equal(isOver, false);
  await clock.advance(1);
  const { failure, unconfirmed } = await confirming;
  assert.deepEqual([failure?.reason, unconfirmed, limits.deadline.remaining()], ["timeout", true, half]);
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
