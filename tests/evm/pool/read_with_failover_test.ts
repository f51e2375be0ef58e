import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import { type FakeNode, type FakeReply, type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";
import { withoutJitter } from "../../rig/force_way.ts";

const ACCOUNTS = accountsOf(12);
const GENESIS = `0x${"1".repeat(64)}`;
const MINUTE = 60_000;
const NOW = Math.floor(Date.now() / 1000);
/** A chain that nothing is known of. */
const CHAIN = 4242;

/** One poll, a minute after the last; the nodes make new blocks, unless they are halted. */
async function poll(pool: OpenPool, clock: FakeClock, moving: readonly FakeNode[]): Promise<ListedPoll> {
  clock.skip(MINUTE);
  for (const { truth } of moving) Object.assign(truth, { time: truth.time + 60, block: truth.block + 5n });
  const result = await pollOnce(pool.network, pool.limits);
  await probeStandbys(pool.network, result.endpoint, pool.limits);
  return result;
}

function areAllRead({ outcomes }: ListedPoll): boolean {
  return outcomes.every((outcome) => typeof outcome === "object");
}

Deno.test("a dead endpoint takes no second attempt from the others", async () => {
  using _ = withoutJitter();
  const clock = createRunningClock();
  await using node = startFakeNode({ overrides: true, chainId: CHAIN });
  using pool = openPool([node.url, "http://127.0.0.1:9998/"], {
    accounts: ACCOUNTS,
    clock,
    interval: MINUTE,
    plan: { chainId: CHAIN },
  });
  let isFirst = true;
  node.truth.instead = () => isFirst ? (isFirst = false, new Response("", { status: 503 })) : undefined;
  for (let count = 0; count < 5; count++) {
    isFirst = true;
    pool.network.budget.earn(100);
    assert.ok(areAllRead(await poll(pool, clock, [node])));
  }
});

/** An endpoint that says it is syncing is no witness against one that works, whatever it saw before. */
const syncing = ({ items: [item] }: SeenRequest): Response =>
  Response.json({ jsonrpc: "2.0", id: item?.id, error: { code: -32000, message: "node is syncing" } });

Deno.test("what a broken endpoint reported before a chain was restarted makes no endpoint lag", async () => {
  const clock = createRunningClock();
  await using a = startFakeNode({ chainId: CHAIN, overrides: true, block: 100_000n, time: NOW });
  await using b = startFakeNode({ chainId: CHAIN, overrides: true, block: 100_000n, time: NOW });
  using pool = openPool([a.url, b.url], { accounts: ACCOUNTS, clock, interval: MINUTE, plan: { chainId: CHAIN } });
  for (let count = 0; count < 3; count++) await poll(pool, clock, [a, b]);
  b.truth.instead = syncing;
  a.truth.block = 1n;
  for (let count = 0; count < 10; count++) {
    const result = await poll(pool, clock, [a]);
    assert.ok(areAllRead(result));
    assert.equal(result.late, undefined);
  }
});

Deno.test("balances of the only endpoint that answers are published in every poll, though it has no new blocks", async () => {
  const clock = createRunningClock();
  await using a = startFakeNode({ overrides: true, time: NOW });
  await using b = startFakeNode({ overrides: true, time: NOW });
  using pool = openPool([a.url, b.url], { accounts: ACCOUNTS, clock, interval: MINUTE, plan: { chainId: 1 } });
  for (let count = 0; count < 3; count++) await poll(pool, clock, [a, b]);
  b.truth.instead = syncing;
  let late = 0;
  for (let count = 0; count < 20; count++) {
    const result = await poll(pool, clock, []);
    assert.ok(areAllRead(result));
    if (result.late === "lagging") late++;
  }
  assert.ok(late >= 15, `${late} of 20 polls are reported as lagging`);
});

function beginsWith(hash: string): (replies: readonly FakeReply[], request: SeenRequest) => unknown {
  return (replies, { items }) =>
    replies.map((reply, index) =>
      items[index]?.params[0] === "0x0" ? { ...reply, result: { ...Object(reply["result"]), hash } } : reply
    );
}

Deno.test("a copy of the chain that is ahead makes the chain itself not lag", async () => {
  const clock = createRunningClock();
  const time = NOW - 4000;
  await using right = startFakeNode({
    chainId: CHAIN,
    overrides: true,
    block: 1000n,
    time,
    mangle: beginsWith(GENESIS),
  });
  await using copy = startFakeNode({
    chainId: CHAIN,
    overrides: true,
    block: 9000n,
    time: time + 3000,
    mangle: beginsWith(`0x${"2".repeat(64)}`),
  });
  using pool = openPool([right.url, copy.url], {
    accounts: ACCOUNTS,
    clock,
    interval: MINUTE,
    plan: { chainId: CHAIN, genesis: GENESIS },
  });
  for (let count = 0; count < 10; count++) {
    const result = await poll(pool, clock, [right, copy]);
    assert.ok(areAllRead(result));
    assert.equal(result.late, undefined);
  }
});

Deno.test("an endpoint whose balances are all errors is not healthy after a probe", async () => {
  const clock = createRunningClock();
  await using bad = startFakeNode();
  await using good = startFakeNode();
  bad.truth.mangle = (replies, { items }) =>
    replies.map((reply, index) =>
      items[index]?.method === "eth_getBalance"
        ? { id: reply["id"], error: { code: -32000, message: "missing trie node" } }
        : reply
    );
  using pool = openPool([bad.url, good.url], {
    accounts: ACCOUNTS,
    clock,
    interval: MINUTE,
    strategy: "batch",
    plan: { chainId: 1 },
  });
  for (let count = 0; count < 3; count++) await poll(pool, clock, [bad, good]);
  bad.seen.length = 0;
  for (let count = 0; count < 10; count++) assert.ok(areAllRead(await poll(pool, clock, [bad, good])));
  const asked = bad.seen.flatMap(({ items }) => items).filter(({ method }) => method === "eth_getBalance").length;
  // One for each look, and one without a block number.
  assert.ok(asked <= 11, `${asked} balances were asked of it in ten polls`);
});

Deno.test("one balance from an endpoint that lags makes no other late", async () => {
  await using a = startFakeNode({ chainId: CHAIN, block: 200n, time: NOW });
  await using b = startFakeNode({ chainId: CHAIN, block: 100n, time: NOW - 600 });
  a.truth.mangle = (replies, { items }) =>
    replies.map((reply, index) =>
      items[index]?.method === "eth_getBalance" && index === items.length - 1
        ? { id: reply["id"], error: { code: -32000, message: "boo" } }
        : reply
    );
  using pool = openPool([a.url, b.url], { accounts: ACCOUNTS, strategy: "batch", plan: { chainId: CHAIN } });
  const { outcomes } = await pollOnce(pool.network, pool.limits);
  const late = outcomes.map((outcome) => typeof outcome === "object" ? outcome.late : outcome);
  assert.deepEqual(late, [...new Array(11).fill(undefined), "lagging"]);
});

for (const ahead of [60, 1800, 7000, 86_400]) {
  Deno.test(`one block ${ahead} s ahead of its time keeps no endpoint out for more than a poll`, async () => {
    const clock = createRunningClock();
    await using a = startFakeNode({ overrides: true });
    await using b = startFakeNode({ overrides: true });
    using pool = openPool([a.url, b.url], { accounts: ACCOUNTS, clock, interval: MINUTE, plan: { chainId: 1 } });
    await poll(pool, clock, [a, b]);
    a.truth.time += ahead;
    await poll(pool, clock, [a, b]);
    a.truth.time -= ahead;
    await poll(pool, clock, [a, b]);
    assert.ok(areAllRead(await poll(pool, clock, [a, b])));
  });
}

Deno.test("an endpoint that is always ahead of the clock is not preferred to those that are not", async () => {
  const clock = createRunningClock();
  await using a = startFakeNode({ overrides: true });
  await using b = startFakeNode({ overrides: true });
  await using liar = startFakeNode({ overrides: true, time: NOW + 3600 });
  using pool = openPool([liar.url, a.url, b.url], {
    accounts: ACCOUNTS,
    clock,
    interval: MINUTE,
    plan: { chainId: 1 },
  });
  for (let count = 0; count < 3; count++) await poll(pool, clock, [a, b, liar]);
  const { endpoint, endpoints } = await poll(pool, clock, [a, b, liar]);
  assert.notEqual(endpoint, new URL(liar.url).host);
  assert.deepEqual(endpoints.map(({ state }) => state), ["lagging", "ok", "ok"]);
});
