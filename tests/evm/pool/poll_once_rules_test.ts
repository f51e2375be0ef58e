import assert from "node:assert/strict";
import type { Account } from "../../../src/assets/asset.ts";
import { NATIVE } from "../../../src/assets/native.ts";
import { pollOnce } from "../../../src/evm/pool/poll_once.ts";
import type { Outcome, PollResult } from "../../../src/model/source.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { type Answer, type LocalPool, openLocalPool } from "../../fakes/local_pool.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const CHAIN = 4242;
const NOW = 1_700_000_000;
const WALLETS = accountsOf(3);
const [X, Y] = ["aa", "bb"].map((digits) => `0x${digits.repeat(20)}`) as [string, string];

/** Fails balances of some of the wallets, by their places. */
const failing = (...places: readonly number[]): Answer => ({ method, params: [address] }) => {
  if (method === "eth_getBalance" && places.includes(WALLETS.indexOf(String(address)))) throw new Error("boo");
};

function change(local: LocalPool, place: number, truth: Partial<LocalPool["nodes"][number]>): void {
  Object.assign(local.nodes[place] ?? {}, truth);
}

async function poll(
  { pool: { network, limits }, finish }: LocalPool,
  accounts?: readonly Account[],
): Promise<PollResult> {
  return await finish(pollOnce(network, limits, accounts));
}

function listed({ outcomes }: PollResult): readonly Outcome[] {
  return [...outcomes.values()];
}

function weiIn(result: PollResult): readonly unknown[] {
  return listed(result).map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

Deno.test("pollOnce() has the oldest block of its balances, and keeps the newest for the next poll", async () => {
  for (const [first, second] of [[100, 98], [98, 100]] as const) {
    using local = openLocalPool(2);
    change(local, 0, { answer: failing(1), block: BigInt(first), time: NOW + first - 100 });
    change(local, 1, { block: BigInt(second), time: NOW + second - 100 });
    const result = await poll(local);
    assert.deepEqual(weiIn(result), [7n, 7n, 7n]);
    assert.deepEqual(result.block, { number: 98n, time: NOW - 2 });
    assert.deepEqual(local.pool.network.newest, { number: 100n, time: NOW });
    assert.deepEqual([result.chainId, result.endpoint, result.late], [CHAIN, "127.0.0.1:9002", undefined]);
    assert.deepEqual([result.detail, result.failure, result.disagreements], [undefined, undefined, 0]);
  }
});

Deno.test("pollOnce() keeps the newest block while a poll is a block behind, or its block is in the future", async () => {
  for (const [block, seconds] of [[99, -2], [101, 121]] as const) {
    using local = openLocalPool(1);
    const newest = { number: 100n, time: NOW };
    local.pool.network.newest = newest;
    change(local, 0, { block: BigInt(block), time: NOW + seconds });
    const result = await poll(local);
    assert.equal(result.block?.number, BigInt(block));
    assert.equal(local.pool.network.newest, newest);
  }
});

Deno.test("pollOnce() has no block where balances are read without one", async () => {
  using local = openLocalPool(1);
  const { selector } = local.endpoint("a");
  selector.strategy = "latest";
  selector.latest.head = "refused";
  const result = await poll(local);
  assert.deepEqual([weiIn(result), result.block, local.pool.network.newest], [[7n, 7n, 7n], undefined, undefined]);
});

Deno.test("pollOnce() has the block of those balances that are read at one", async () => {
  using local = openLocalPool(2);
  const { selector } = local.endpoint("b");
  selector.strategy = "latest";
  selector.latest.head = "refused";
  change(local, 0, { answer: failing(1) });
  const result = await poll(local);
  const blocks = listed(result).map((outcome) => typeof outcome === "object" && outcome.block?.number);
  assert.deepEqual([blocks, result.block?.number], [[100n, undefined, 100n], 100n]);
});

Deno.test("pollOnce() lags if any of its balances does", async () => {
  for (const place of [0, 2]) {
    using local = openLocalPool(2);
    const { endpoints } = local.pool.network;
    for (const [index, poolEndpoint] of endpoints.entries()) {
      const block = { number: index === 0 ? 1000n : 940n, time: NOW - 60 * index };
      change(local, index, { block: block.number, time: block.time });
      poolEndpoint.observed = { head: { chainId: CHAIN, block }, at: local.clock.now(), since: local.clock.now() };
    }
    change(local, 0, { answer: failing(place) });
    local.endpoint("b").headStatus = "lagging";
    const result = await poll(local);
    assert.deepEqual(weiIn(result), [7n, 7n, 7n]);
    const lates = listed(result).map((outcome) => typeof outcome === "object" && outcome.late);
    assert.deepEqual(lates, [0, 1, 2].map((each) => each === place ? "lagging" : undefined));
    assert.deepEqual([result.late, result.block?.number], ["lagging", 940n]);
  }
});

Deno.test("pollOnce() has the message of a failure where some balances failed, and the failure where all did", async () => {
  using some = openLocalPool(1);
  change(some, 0, { answer: failing(1) });
  const partial = await poll(some);
  assert.deepEqual([weiIn(partial), partial.chainId, partial.failure], [[7n, "rpc_error", 7n], CHAIN, undefined]);
  assert.match(partial.detail ?? "", /boo/);
  using all = openLocalPool(2);
  for (const place of [0, 1]) change(all, place, { answer: failing(0, 1, 2) });
  const none = await poll(all);
  assert.deepEqual(weiIn(none), ["rpc_error", "rpc_error", "rpc_error"]);
  assert.deepEqual([none.chainId, none.detail, none.block, none.endpoint], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.equal(none.failure, all.endpoint("a").breaker.failure);
  assert.deepEqual(none.endpoints.map(({ name }) => name), ["127.0.0.1:9001", "127.0.0.1:9002"]);
  // A poll does not fail by one endpoint while another returns balances, or without any accounts.
  using other = openLocalPool(2);
  change(other, 0, { answer: failing(0, 1, 2) });
  const read = await poll(other);
  assert.deepEqual([weiIn(read), read.failure, read.detail], [[7n, 7n, 7n], undefined, undefined]);
  change(other, 1, { answer: failing(1) });
  const partly = await poll(other);
  assert.deepEqual([weiIn(partly), partly.failure], [[7n, "rpc_error", 7n], undefined]);
  assert.notEqual(other.endpoint("a").breaker.failure, undefined);
  assert.equal((await poll(other, [])).failure, undefined);
});

Deno.test("pollOnce() names the tokens of which balances failed", async () => {
  const [wallet = ""] = WALLETS;
  const tokens = [{ symbol: "X", address: X }, { symbol: "Y", address: Y }];
  using local = openLocalPool(1, { accounts: [wallet, tokenKey(X, wallet), tokenKey(Y, wallet)], plan: { tokens } });
  change(local, 0, {
    answer({ method, params: [call] }): void {
      if (method === "eth_call" && (call as { readonly to: string }).to === Y) throw new Error("missing trie node");
    },
  });
  local.hasBudget = false;
  const result = await poll(local);
  assert.deepEqual(weiIn(result), [7n, 9n, "state_unavailable"]);
  assert.deepEqual([result.failedTokens, [...result.decimals]], [["Y"], [[X, 9]]]);
  using single = openLocalPool(1, { accounts: [tokenKey(X, wallet)], plan: { tokens: tokens.slice(0, 1) } });
  const { outcomes, decimals, failedTokens } = await poll(single);
  assert.deepEqual([[...outcomes.values()].length, [...decimals], failedTokens], [1, [[X, 9]], []]);
  change(single, 0, {
    answer({ method }): void {
      if (method === "eth_call") throw new Error("missing trie node");
    },
  });
  single.hasBudget = false;
  assert.deepEqual((await poll(single)).failedTokens, ["X"]);
  using without = openLocalPool(1);
  change(without, 0, { answer: failing(1) });
  assert.deepEqual((await poll(without)).failedTokens, []);
});

Deno.test("pollOnce() keeps what the next poll compares with", async () => {
  using local = openLocalPool(1);
  const { funded, previous } = local.pool.network;
  change(local, 0, { answer: failing(1) });
  const [first, second, third] = toAccounts(WALLETS);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const asset = { ...NATIVE, judge: (value: bigint) => value + 1n };
  const judged = [{ ...first, asset }, { ...second, asset }, third];
  const result = await poll(local, judged);
  assert.deepEqual(weiIn(result), [8n, "rpc_error", 7n]);
  assert.deepEqual([...previous].map(([account, amount]) => [judged.indexOf(account), amount]), [[0, 8n]]);
  assert.deepEqual([...funded].map((account) => judged.indexOf(account)), [0, 2]);
});

Deno.test("pollOnce() renews connections, and sends nothing without accounts or endpoints", async () => {
  using local = openLocalPool(2);
  const { network } = local.pool;
  const renewed: string[] = [];
  for (const { endpoint } of network.endpoints) {
    Object.assign(endpoint, { renew: () => void renewed.push(endpoint.name) });
  }
  await local.clock.advance(1234);
  assert.deepEqual(listed(await poll(local, [])), []);
  assert.deepEqual([renewed, local.requests, network.startedAt], [[], [], local.clock.now()]);
  await poll(local, toAccounts(WALLETS).slice(0, 1));
  assert.deepEqual(renewed, ["127.0.0.1:9001", "127.0.0.1:9002"]);
  for (const quorum of [1, 2]) {
    using empty = openLocalPool(1, { plan: { quorum } });
    const result = await pollOnce({ ...empty.pool.network, endpoints: [] }, empty.pool.limits);
    assert.deepEqual([listed(result), empty.requests], [["missing", "missing", "missing"], []]);
  }
});

Deno.test("pollOnce() reads nothing while endpoints disagree on the chain", async () => {
  using local = openLocalPool(2, { plan: { chainId: undefined } });
  change(local, 1, { chainId: 5 });
  const result = await poll(local);
  assert.deepEqual(weiIn(result), ["wrong_chain", "wrong_chain", "wrong_chain"]);
  assert.deepEqual(local.requests.map(({ methods }) => methods), ["chainId", "chainId"]);
});

Deno.test("pollOnce() reads nothing while no endpoint reports its chain", async () => {
  using local = openLocalPool(2, { plan: { chainId: undefined } });
  const answer: Answer = ({ method }) => {
    if (method === "eth_chainId") throw new Error("boo");
  };
  for (const place of [0, 1]) change(local, place, { answer });
  const result = await poll(local);
  assert.deepEqual(weiIn(result), ["rpc_error", "rpc_error", "rpc_error"]);
  assert.deepEqual(local.requests.map(({ methods }) => methods), ["chainId", "chainId"]);
});

Deno.test("pollOnce() reads by a quorum of two or more, and counts disagreements", async () => {
  using local = openLocalPool(2, { plan: { quorum: 2 } });
  change(local, 1, { weiAt: () => 8n });
  const result = await poll(local);
  assert.deepEqual([weiIn(result), result.disagreements], [["integrity", "integrity", "integrity"], 3]);
  assert.equal(result.endpoint, undefined);
});

Deno.test("pollOnce() logs once per endpoint that a chain has no coin, and only where native balances are configured", async () => {
  using local = openLocalPool(2, { plan: { chainId: 4217 } });
  for (const place of [0, 1]) change(local, place, { chainId: 4217 });
  const { endpoints } = local.pool.network;
  Object.assign(endpoints[0] ?? {}, { isKnownCoinless: true });
  using log = catchLog();
  for (let count = 0; count < 2; count++) assert.deepEqual((await poll(local)).chainId, 4217);
  const line = { level: "warn", msg: "Chain has no native coin, reading tokens only", network: "n", chainId: 4217 };
  assert.deepEqual(log.lines, [line]);
  assert.deepEqual(endpoints.map(({ isKnownCoinless }) => isKnownCoinless), [true, true]);
  const [wallet = ""] = WALLETS;
  for (const [chainId, accounts] of [[4217, [tokenKey(X, wallet)]], [CHAIN, WALLETS]] as const) {
    using other = openLocalPool(1, { accounts, plan: { chainId } });
    change(other, 0, { chainId });
    assert.deepEqual(weiIn(await poll(other)).length, accounts.length);
  }
  assert.equal(log.lines.length, 1);
});

Deno.test("pollOnce() has no native balances of a chain that turns out to have no coin", async () => {
  const [wallet = ""] = WALLETS;
  using local = openLocalPool(1, { accounts: [wallet, tokenKey(X, wallet)], plan: { chainId: undefined } });
  change(local, 0, { chainId: 4217 });
  using log = catchLog();
  const result = await poll(local);
  assert.deepEqual([weiIn(result), result.chainId, log.lines.length], [[9n], 4217, 1]);
  assert.ok(local.requests.some(({ methods }) => methods.includes("getBalance")));
});
