import assert from "node:assert/strict";
import type { LearnedStrategy } from "../../../src/evm/strategies/strategy_selector.ts";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import {
  type FakeNode,
  type FakeReply,
  type FakeTruth,
  type SeenRequest,
  startFakeNode,
  startNodes,
} from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(5);
const NOW = Math.floor(Date.now() / 1000);

function all(wei: bigint): Map<string, bigint> {
  return new Map(ACCOUNTS.map((address) => [address, wei]));
}

function asksForBalances({ items }: SeenRequest): boolean {
  return items.some(({ method }) => method === "eth_getBalance" || method === "eth_call");
}

/** Three endpoints whose heads are a second and a block apart. */
function threeNodes(): readonly [FakeNode, FakeNode, FakeNode] {
  const at = (block: number): FakeNode =>
    startFakeNode({ block: BigInt(block), time: NOW + block - 102, balances: all(7n) });
  return [at(101), at(102), at(100)];
}

const BAD: Readonly<Record<string, (node: FakeNode) => void>> = {
  lies: ({ truth }) => truth.balances = all(9n),
  "cannot read": ({ truth }) =>
    truth.instead = (request) => asksForBalances(request) ? new Response("", { status: 500 }) : undefined,
};

for (const [what, corrupt] of Object.entries(BAD)) {
  Deno.test(`a quorum of two of three is reached when one ${what}, though the others are a block apart`, async () => {
    const [a, b, c] = threeNodes();
    await using _ = {
      [Symbol.asyncDispose]: () => Promise.all([a, b, c].map((node) => node[Symbol.asyncDispose]())).then(() => {}),
    };
    corrupt(b);
    using pool = openPool([a.url, b.url, c.url], {
      accounts: ACCOUNTS,
      strategy: "batch",
      plan: { quorum: 2, chainId: 1 },
    });
    const { outcomes } = await pollOnce(pool.network, pool.limits);
    assert.deepEqual(
      outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount),
      ACCOUNTS.map(() => 7n),
    );
  });
}

/** Balances of the first two wallets. */
function two(first: bigint, second: bigint): Map<string, bigint> {
  return new Map([[ACCOUNTS[0] ?? "", first], [ACCOUNTS[1] ?? "", second]]);
}

function weiOf({ outcomes }: ListedPoll): readonly unknown[] {
  return outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

Deno.test("two pairs that each make a quorum of two make none", async () => {
  // Nobody agrees on the first wallet, so that all four are asked: two pairs for the second one.
  const balances = [two(1n, 7n), two(2n, 9n), two(3n, 7n), two(4n, 9n)];
  await using nodes = startNodes(balances.map((each) => ({ balances: each, time: NOW })));
  using pool = openPool(nodes.urls, {
    accounts: ACCOUNTS.slice(0, 2),
    strategy: "batch",
    plan: { quorum: 2, chainId: 1 },
  });
  const result = await pollOnce(pool.network, pool.limits);
  assert.deepEqual(weiOf(result), ["integrity", "integrity"]);
  assert.equal(result.disagreements, 2);
});

Deno.test("an endpoint that is not needed for a quorum of two gets no request for balances", async () => {
  await using nodes = startNodes([7n, 9n, 7n, 9n].map((wei) => ({ balances: all(wei), time: NOW })));
  using pool = openPool(nodes.urls, { accounts: ACCOUNTS, strategy: "batch", plan: { quorum: 2, chainId: 1 } });
  const result = await pollOnce(pool.network, pool.limits);
  assert.equal(result.disagreements, ACCOUNTS.length);
  assert.deepEqual(weiOf(result), ACCOUNTS.map(() => 7n));
  assert.ok(!nodes.all[3]?.seen.some(asksForBalances));
});

/** What a node reports as its block 100, where the others have another one. */
const FORKS: Readonly<
  Record<string, { readonly change: Partial<FakeTruth>; readonly strategies: readonly LearnedStrategy[] }>
> = {
  time: { change: { time: NOW - 3 }, strategies: ["packed", "batch"] },
  hash: { change: { hash: `0x${"f".repeat(64)}` }, strategies: ["batch"] },
};

for (const [what, { change, strategies }] of Object.entries(FORKS)) {
  for (const strategy of strategies) {
    Deno.test(`a quorum counts no balance of another block under the same number: ${what}, ${strategy}`, async () => {
      const truth = { balances: all(7n), time: NOW, overrides: strategy === "packed", hash: `0x${"0".repeat(64)}` };
      await using nodes = startNodes([truth, { ...truth, ...change }]);
      using pool = openPool(nodes.urls, { accounts: ACCOUNTS, strategy, plan: { quorum: 2, chainId: 1 } });
      const result = await pollOnce(pool.network, pool.limits);
      assert.deepEqual(weiOf(result), ACCOUNTS.map(() => "integrity"));
      assert.ok(pool.count("integrity") > 0);
      Object.assign(nodes.all[1]?.truth ?? {}, truth);
      assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), ACCOUNTS.map(() => 7n));
    });
  }
}

Deno.test("a quorum of a halted chain publishes balances as old as its block", async () => {
  await using a = startFakeNode({ time: NOW - 86_400 });
  await using b = startFakeNode({ time: NOW - 86_400 });
  using pool = openPool([a.url, b.url], { accounts: ACCOUNTS, plan: { quorum: 2, chainId: 1 } });
  const { late, endpoints } = await pollOnce(pool.network, pool.limits);
  assert.equal(late, "halted");
  assert.deepEqual(endpoints.map(({ state }) => state), ["halted", "halted"]);
});

Deno.test("a quorum compares the first block too", async () => {
  const mangle = (replies: readonly FakeReply[], { items }: SeenRequest): unknown =>
    replies.map((reply, index) =>
      items[index]?.params[0] === "0x0" ? { ...reply, result: { ...Object(reply["result"]), hash: "0xc0b1" } } : reply
    );
  await using a = startFakeNode({ mangle });
  await using b = startFakeNode({ mangle });
  using pool = openPool([a.url, b.url], { accounts: ACCOUNTS, plan: { quorum: 2, chainId: 1, genesis: "0x0123" } });
  const { outcomes } = await pollOnce(pool.network, pool.limits);
  assert.deepEqual(outcomes, ACCOUNTS.map(() => "wrong_chain"));
});

Deno.test("a quorum learns again what its endpoints support", async () => {
  const clock = createRunningClock();
  await using a = startFakeNode({ limit: 1 });
  await using b = startFakeNode({ limit: 1 });
  using pool = openPool([a.url, b.url], {
    accounts: ACCOUNTS,
    clock,
    interval: 60_000,
    plan: { quorum: 2, chainId: 1 },
  });
  await pollOnce(pool.network, pool.limits);
  for (const { truth } of [a, b]) Object.assign(truth, { limit: Infinity, overrides: true });
  for (let hour = 0; hour < 3; hour++) {
    clock.skip(3_600_000);
    for (const { truth } of [a, b]) Object.assign(truth, { time: truth.time + 3600, block: truth.block + 300n });
    await pollOnce(pool.network, pool.limits);
  }
  assert.deepEqual(pool.network.endpoints.map(({ selector }) => selector.strategy), ["packed", "packed"]);
});

Deno.test("a quorum gets over a fault that passes", async () => {
  await using a = startFakeNode({ overrides: true });
  await using b = startFakeNode({ overrides: true });
  using pool = openPool([a.url, b.url], { accounts: ACCOUNTS, plan: { quorum: 2, chainId: 1 } });
  let refused = 0;
  a.truth.instead = ({ items: [item] }) =>
    item?.method === "eth_call" && refused++ === 0
      ? Response.json({ jsonrpc: "2.0", id: item.id, error: { code: -32000, message: "header not found" } })
      : undefined;
  const { outcomes } = await pollOnce(pool.network, pool.limits);
  assert.ok(refused >= 1);
  assert.ok(outcomes.every((outcome) => typeof outcome === "object"));
});
