import assert from "node:assert/strict";
import { pollOnce } from "../../fakes/read_values.ts";
import { type FakeNode, type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(3);
const INTERVAL = 2000;
const HOUR = 3_600_000;

/** Balances are asked of a backend that has no block above this one. */
function answerUpTo(known: () => bigint): (request: SeenRequest) => Response | undefined {
  return ({ items, isBatch }) => {
    const isAbove = items.some(({ method, params }) =>
      method === "eth_getBalance" && BigInt(params[1] === "latest" ? 0 : String(params[1])) > known()
    );
    if (!isAbove) return undefined;
    const error = { code: -32000, message: "header not found" };
    const replies = items.map(({ id, method }) =>
      method === "eth_chainId" ? { id, result: "0x1" } : { jsonrpc: "2.0", id, error }
    );
    return Response.json(isBatch ? replies : replies[0]);
  };
}

function mine({ truth }: FakeNode): void {
  truth.block++;
  truth.time += INTERVAL / 1000;
}

for (const limit of [Infinity, 1]) {
  Deno.test(`L5, E9: balances are read a block lower where backends are a block apart: ${limit} in a batch`, async () => {
    const clock = createRunningClock();
    await using node = startFakeNode({ balances: new Map(ACCOUNTS.map((account) => [account, 5n])), limit });
    using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL, strategy: "batch" });
    await pollOnce(pool.network, pool.limits);
    node.truth.instead = answerUpTo(() => node.truth.block - 1n);
    // Blocks are those of their numbers.
    const genesis = node.truth.time - 2 * Number(node.truth.block);
    node.truth.mangle = (replies, { items }) =>
      replies.map((reply, index) => {
        const [at] = items[index]?.params ?? [];
        if (items[index]?.method !== "eth_getBlockByNumber" || at === "latest") return reply;
        const number = Number(at);
        return { ...reply, result: { number: at, timestamp: `0x${(genesis + 2 * number).toString(16)}` } };
      });
    const requests: number[] = [];
    for (let poll = 0; poll < 5; poll++) {
      clock.skip(INTERVAL);
      mine(node);
      node.seen.length = 0;
      const { outcomes, block } = await pollOnce(pool.network, pool.limits);
      assert.ok(outcomes.every((outcome) => typeof outcome === "object"), `poll ${poll}`);
      assert.deepEqual(block, { number: node.truth.block - 1n, time: node.truth.time - 2 });
      requests.push(node.seen.length);
    }
    if (limit > 1) assert.deepEqual(requests.slice(1), [3, 2, 2, 2], "no more requests once it is learned");
    node.truth.instead = undefined;
    clock.skip(HOUR);
    mine(node);
    assert.equal(
      (await pollOnce(pool.network, pool.limits)).block?.number,
      node.truth.block,
      "forgotten after an hour",
    );
  });
}

for (const apart of [2, 3]) {
  Deno.test(`L5: every poll is good where backends are ${apart} blocks apart, and soon without further requests`, async () => {
    const clock = createRunningClock();
    await using node = startFakeNode();
    using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL, strategy: "batch" });
    await pollOnce(pool.network, pool.limits);
    node.truth.instead = answerUpTo(() => node.truth.block - BigInt(apart));
    const requests: number[] = [];
    for (let poll = 0; poll < 5; poll++) {
      clock.skip(INTERVAL);
      for (let blocks = 0; blocks < apart; blocks++) mine(node);
      node.seen.length = 0;
      const { outcomes, block } = await pollOnce(pool.network, pool.limits);
      assert.ok(outcomes.every((outcome) => typeof outcome === "object"), `poll ${poll}`);
      assert.equal(block?.number, node.truth.block - BigInt(apart));
      requests.push(node.seen.length);
    }
    assert.deepEqual(requests.slice(2), [2, 2, 2]);
    // Backends that come closer again are read a block lower, not three.
    Object.assign(node.truth, { instead: undefined, block: node.truth.block + 10n });
    clock.skip(2 * HOUR);
    await pollOnce(pool.network, pool.limits);
    node.truth.instead = answerUpTo(() => node.truth.block - 1n);
    mine(node);
    assert.equal((await pollOnce(pool.network, pool.limits)).block?.number, node.truth.block - 1n);
  });
}

Deno.test("L5: with blocks slower than polls every poll is good once the block was missing, whichever backend answers", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode();
  const newest = (): bigint => 100n + BigInt(Math.floor(poll / 6));
  let poll = 0;
  let isBehind = false;
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL, strategy: "batch" });
  await pollOnce(pool.network, pool.limits);
  for (; poll < 60; poll++) {
    // Of each poll, the head comes from one backend and the balances from another.
    isBehind = poll % 3 === 0;
    const [ofHead, ofBalances] = isBehind ? [newest() - 1n, newest()] : [newest(), newest() - 1n];
    Object.assign(node.truth, { block: ofHead, instead: answerUpTo(() => ofBalances) });
    clock.skip(INTERVAL);
    const { outcomes } = await pollOnce(pool.network, pool.limits);
    if (poll < 6) continue;
    assert.ok(outcomes.every((outcome) => typeof outcome === "object"), `poll ${poll}`);
  }
});

Deno.test("L5, E10: a node without any state is read at a lower block once an hour", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode();
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL, strategy: "batch" });
  node.truth.instead = answerUpTo(() => 0n);
  for (let poll = 0; poll < 100; poll++) {
    clock.skip(INTERVAL);
    await pollOnce(pool.network, pool.limits);
  }
  for (const number of ["0x63", "0x62", "0x61", "0x60"]) {
    const lower = node.seen.filter(({ items }) => items.some(({ params }) => params[1] === number));
    assert.equal(lower.length, number === "0x60" ? 0 : 1, number);
  }
});
