import assert from "node:assert/strict";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import { tokenKey } from "../../fakes/accounts.ts";
import { type FakeNode, type FakeTruth, type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";

const WALLETS = accountsOf(2);
const TOKEN = `0x${"ab".repeat(20)}`;
const TOKENS = WALLETS.map((holder) => tokenKey(TOKEN, holder));
const BALANCES = new Map(WALLETS.map((address) => [address, 1000n]));
const ALL = ["eth_getBalance", "eth_call"];
const DAY = 86_400_000;
const INTERVAL = 60_000;

/** Every balance says which block it is of. */
const BY_BLOCK: Partial<FakeTruth> = {
  balances: BALANCES,
  weiAt: (wei, block) => wei + block,
  tokenAt: (block) => 5000n + block,
};

function weiOf({ outcomes }: ListedPoll): readonly unknown[] {
  return outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

function open(node: FakeNode, block: "latest" | number, accounts = WALLETS): OpenPool {
  const tokens = accounts === WALLETS ? [] : [{ symbol: "T", address: TOKEN, decimals: 7 }];
  const pool = openPool([node.url], {
    accounts,
    clock: createRunningClock(),
    interval: INTERVAL,
    plan: { chainId: 1, block, tokens },
  });
  // They are asked for once.
  pool.network.decimals = new Map([[TOKEN, 7]]);
  return pool;
}

/** Requests for blocks that the node cannot have. */
function farIn({ seen, truth }: FakeNode): readonly SeenRequest[] {
  const isFar = (block: unknown): boolean =>
    typeof block === "string" && /^0x/.test(block) && BigInt(block) > truth.block;
  return seen.filter(({ items: [item] }) => item !== undefined && ALL.includes(item.method) && isFar(item.params[1]));
}

for (const limit of [Infinity, 1]) {
  Deno.test(`an endpoint gets one request for a block that it cannot have, ${limit} in a request`, async () => {
    await using node = startFakeNode({ ...BY_BLOCK, limit });
    using pool = open(node, -20, [...WALLETS, ...TOKENS]);
    for (let poll = 0; poll < 3; poll++) {
      assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [1080n, 1080n, 5080n, 5080n]);
    }
    assert.deepEqual(farIn(node).map(({ items }) => items[0]?.method), ["eth_getBalance", "eth_call"]);
    assert.equal(pool.count("state_unavailable"), 0, "the expected refusal was counted");
  });
}

Deno.test("balances of a node that ignores blocks are withheld where another block than the latest is read", async () => {
  for (const overrides of [true, false]) {
    await using node = startFakeNode({ ...BY_BLOCK, overrides, ignoresBlocks: ALL });
    using pool = open(node, -20, [...WALLETS, ...TOKENS]);
    using log = catchLog();
    for (let poll = 0; poll < 3; poll++) {
      const { outcomes } = await pollOnce(pool.network, pool.limits);
      assert.deepEqual(outcomes, [...WALLETS, ...TOKENS].map(() => "state_unavailable"));
    }
    assert.ok(pool.count("state_unavailable") > 0);
    assert.equal(log.lines.filter(({ method }) => method === "eth_getBalance").length, 1);
    assert.equal(log.lines.filter(({ method }) => method === "eth_call").length, 1);
  }
});

Deno.test("balances of a node that ignores blocks are read without one where the latest is read", async () => {
  await using node = startFakeNode({ ...BY_BLOCK, ignoresBlocks: ALL });
  using pool = open(node, "latest", [...WALLETS, ...TOKENS]);
  for (let poll = 0; poll < 3; poll++) {
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [1100n, 1100n, 5100n, 5100n]);
    assert.equal(pool.poolEndpoint.selector.strategy, "latest");
  }
  assert.ok(farIn(node).length <= 2);
});

Deno.test("what ignores blocks is withheld, and what does not is read", async () => {
  const accounts = [...WALLETS, ...TOKENS];
  for (const overrides of [true, false]) {
    await using node = startFakeNode({ ...BY_BLOCK, overrides, ignoresBlocks: ["eth_call"] });
    using pool = open(node, -20, accounts);
    for (let poll = 0; poll < 3; poll++) {
      const withheld = TOKENS.map(() => "state_unavailable");
      assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [1080n, 1080n, ...withheld]);
    }
  }
});

Deno.test("an eth_call that honours blocks is trusted though eth_getBalance does not", async () => {
  await using node = startFakeNode({ ...BY_BLOCK, overrides: true, ignoresBlocks: ["eth_getBalance"] });
  using pool = open(node, -20);
  for (let poll = 0; poll < 3; poll++) {
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [1080n, 1080n]);
  }
  assert.equal(pool.poolEndpoint.selector.strategy, "packed");
});

Deno.test("a head with another number than the requested one is rejected", async () => {
  await using node = startFakeNode({ ...BY_BLOCK, ignoresBlocks: [...ALL, "eth_getBlockByNumber"] });
  using pool = open(node, -20);
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), ["state_unavailable", "state_unavailable"]);
});

Deno.test("a node that returns 0 for blocks that it does not have is trusted about others", async () => {
  await using node = startFakeNode({
    ...BY_BLOCK,
    mangle: (replies, { items: [item] }) =>
      replies.map((reply) => item?.params[1] === "0xf42a4" ? { id: reply["id"], result: "0x0" } : reply),
  });
  using pool = open(node, "latest");
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [1100n, 1100n]);
  assert.equal(farIn(node)[0]?.items[0]?.params[1], "0xf42a4");
  assert.equal(pool.poolEndpoint.selector.strategy, "batch");
});

Deno.test("balances of the latest block are published while it is unknown whether blocks are ignored, others are not", async () => {
  for (const [block, first, then] of [["latest", 1100n, 1100n], [-20, "http_server", 1080n]] as const) {
    const clock = createRunningClock();
    await using node = startFakeNode(BY_BLOCK);
    using pool = openPool([node.url], {
      accounts: WALLETS,
      strategy: "batch",
      clock,
      interval: INTERVAL,
      plan: { chainId: 1, block },
    });
    node.truth.instead = ({ isBatch, items: [item] }) =>
      !isBatch && item?.method === "eth_getBalance" ? new Response("", { status: 500 }) : undefined;
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [first, first]);
    node.truth.instead = undefined;
    clock.skip(INTERVAL);
    Object.assign(node.truth, { time: node.truth.time + INTERVAL / 1000 });
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [then, then]);
  }
});

Deno.test("a node that ignored blocks is checked again after a day", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode({ ...BY_BLOCK, ignoresBlocks: ALL });
  using pool = openPool([node.url], {
    accounts: WALLETS,
    strategy: "batch",
    clock,
    interval: INTERVAL,
    plan: { chainId: 1, block: -20 },
  });
  await pollOnce(pool.network, pool.limits);
  node.truth.ignoresBlocks = [];
  for (const [ms, wei] of [[DAY - INTERVAL, "state_unavailable"], [INTERVAL, 1080n]] as const) {
    clock.skip(ms);
    node.truth.time += ms / 1000;
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [wei, wei]);
  }
});
