import assert from "node:assert/strict";
import type { LearnedStrategy } from "../../../src/evm/strategies/strategy_selector.ts";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import {
  type FakeNode,
  type FakeNodes,
  type FakeTruth,
  type Item,
  type SeenRequest,
  startNodes,
} from "../../fakes/fake_node.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool, type TestPlan } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(3);
const NOW = Math.floor(Date.now() / 1000);
const RIGHT = [1n, 2n, 3n];
const BALANCES = new Map(ACCOUNTS.map((address, index) => [address, BigInt(index + 1)]));
/** A chain that nothing is known of. */
const CHAIN = 4242;

/** Nodes that agree but for what differs, and a pool of them that needs two. */
interface Opened extends AsyncDisposable {
  readonly nodes: FakeNodes;
  readonly pool: OpenPool;
  poll(): Promise<ListedPoll>;
}

interface Options {
  readonly accounts?: readonly string[];
  readonly strategy?: LearnedStrategy;
  readonly plan?: TestPlan;
}

function open(
  truths: readonly Partial<FakeTruth>[],
  { accounts = ACCOUNTS, strategy = "batch", plan }: Options = {},
): Opened {
  const nodes = startNodes(truths.map((truth) => ({ chainId: CHAIN, time: NOW, balances: BALANCES, ...truth })));
  const clock = createRunningClock();
  const pool = openPool(nodes.urls, {
    accounts,
    clock,
    strategy,
    interval: 60_000,
    plan: { quorum: 2, chainId: CHAIN, ...plan },
  });
  return {
    nodes,
    pool,
    poll(): Promise<ListedPoll> {
      clock.skip(60_000);
      for (const { truth } of nodes.all) Object.assign(truth, { time: truth.time + 60, block: truth.block + 5n });
      return pollOnce(pool.network, pool.limits);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      pool[Symbol.dispose]();
      await nodes[Symbol.asyncDispose]();
    },
  };
}

function weiOf({ outcomes }: ListedPoll): readonly unknown[] {
  return outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

function statesOf({ endpoints }: ListedPoll): readonly unknown[] {
  return endpoints.map(({ state }) => state);
}

/** How often a node was asked for balances. */
function asksOf({ seen }: FakeNode): number {
  return seen.filter(({ items }) => items.some(({ method }) => /^eth_(getBalance|call)$/.test(method))).length;
}

function isAsked(node: FakeNode): boolean {
  return asksOf(node) > 0;
}

/** Answers questions for balances with an error. */
const failing = (message: string, code = -32000) => ({ items, isBatch }: SeenRequest): Response | undefined => {
  if (!items.some(({ method }) => method === "eth_getBalance")) return undefined;
  const replies = items.map(({ id }) => ({ jsonrpc: "2.0", id, error: { code, message } }));
  return Response.json(isBatch ? replies : replies[0]);
};

const down = (): Response => new Response("", { status: 500 });

Deno.test("a quorum that too few endpoints answer publishes nothing, and reports why", async () => {
  await using opened = open([{}, { instead: down }]);
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), result.disagreements], [ACCOUNTS.map(() => "http_server"), 0]);
  assert.equal(asksOf(opened.nodes.all[0] as FakeNode), 0);
  await using alone = open([{}]);
  assert.deepEqual(weiOf(await alone.poll()), ACCOUNTS.map(() => "missing"));
});

Deno.test("a quorum reads every wallet at the oldest of the newest blocks", async () => {
  for (const blocks of [[103, 101, 102], [101, 102, 103], [103, 102, 101]]) {
    await using opened = open(blocks.map((block) => ({ block: BigInt(block), time: NOW + block - 103 })), {
      plan: { quorum: 3 },
    });
    const result = await opened.poll();
    assert.deepEqual([weiOf(result), result.block?.number], [RIGHT, 106n]);
  }
});

Deno.test("a quorum leaves lagging endpoints out, where enough others are left", async () => {
  await using opened = open([{ time: NOW - 60, balances: new Map() }, {}, {}]);
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), result.disagreements, result.late], [RIGHT, 0, undefined]);
  assert.deepEqual(statesOf(result), ["lagging", "ok", "ok"]);
  assert.deepEqual(opened.nodes.all.map(isAsked), [false, true, true]);
});

Deno.test("a quorum includes lagging endpoints, where it needs them, and reports that it is late", async () => {
  await using opened = open([{ time: NOW - 60, block: 40n }, {}, { instead: down }]);
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), result.late, result.block?.number], [RIGHT, "lagging", 45n]);
});

Deno.test("a quorum with a lagging endpoint on a halted chain reports the worse of the two", async () => {
  await using opened = open([{ time: NOW - 400 }, { time: NOW - 500, block: 0n }], { plan: { chainId: 1 } });
  for (const { truth } of opened.nodes.all) truth.chainId = 1;
  const result = await opened.poll();
  assert.deepEqual([statesOf(result), result.late], [["halted", "lagging"], "lagging"]);
});

Deno.test("a quorum publishes nothing older than before", async () => {
  await using opened = open([{}, {}, {}]);
  await opened.poll();
  for (const { truth } of opened.nodes.all) Object.assign(truth, { time: truth.time - 65, block: 99n });
  const result = await opened.poll();
  assert.deepEqual(weiOf(result), ACCOUNTS.map(() => "lagging"));
  assert.deepEqual(statesOf(result), ["lagging", "lagging", "lagging"]);
  assert.deepEqual(opened.nodes.all.map(isAsked), [true, true, false]);
});

Deno.test("a quorum of just enough endpoints that lag reports lagging", async () => {
  await using opened = open([{}, {}]);
  await opened.poll();
  for (const { truth } of opened.nodes.all) Object.assign(truth, { time: truth.time - 65, block: 99n });
  assert.deepEqual(weiOf(await opened.poll()), ACCOUNTS.map(() => "lagging"));
});

Deno.test("a quorum reads no balances of an endpoint on another chain", async () => {
  await using opened = open([{ chainId: 5, block: 50n, time: NOW - 20 }, {}, {}]);
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), statesOf(result), result.block?.number], [RIGHT, ["wrong_chain", "ok", "ok"], 105n]);
  assert.deepEqual(opened.nodes.all.map(isAsked), [false, true, true]);
});

Deno.test("a quorum counts no balance of an endpoint that changes to another chain after its head", async () => {
  for (const strategy of ["packed", "batch"] as const) {
    await using opened = open([{ overrides: true }, { overrides: true }], { strategy });
    const { truth } = opened.nodes.all[1] as FakeNode;
    truth.instead = ({ items }) => {
      if (items.some(({ method }) => /^eth_(getBalance|call)$/.test(method))) truth.chainId = 5;
      return undefined;
    };
    assert.deepEqual(weiOf(await opened.poll()), ACCOUNTS.map(() => "wrong_chain"), strategy);
  }
});

Deno.test("a quorum finds a block by its distance to the oldest head, from the next endpoint where one does not have it", async () => {
  await using opened = open([{ block: 200n }, { block: 198n, time: NOW - 2 }], { plan: { block: -3 } });
  const [first] = opened.nodes.all;
  const tagsOf = (): readonly unknown[] =>
    first?.seen.flatMap(({ items }) => items).flatMap(({ method, params }) =>
      method === "eth_getBlockByNumber" ? [params[0]] : []
    ) ?? [];
  assert.equal((await opened.poll()).block?.number, 200n);
  assert.deepEqual(tagsOf().slice(0, 2), ["latest", "0xc8"]);
  let refused = 0;
  const refuse = ({ items: [item] }: SeenRequest): Response | undefined => {
    const isFar = item?.method === "eth_getBlockByNumber" && item.params[0] !== "latest";
    if (!isFar || refused++ > 0) return undefined;
    return Response.json({ id: item.id, error: { code: -32000, message: "header not found" } });
  };
  Object.assign(first?.truth ?? {}, { instead: refuse });
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), result.block?.number, refused > 0], [RIGHT, 205n, true]);
  for (const { truth } of opened.nodes.all) {
    truth.instead = (request) => (refused = 0, refuse(request));
  }
  assert.deepEqual(weiOf(await opened.poll()), ACCOUNTS.map(() => "state_unavailable"));
});

Deno.test("a quorum without a block at the offset reports why: as the best endpoint does", async () => {
  for (const [first, second, reason] of [[500, 429, "http_server"], [429, 500, "throttled"]] as const) {
    const refuse = (status: number) => ({ items: [item] }: SeenRequest): Response | undefined =>
      item?.method === "eth_getBlockByNumber" && item.params[0] !== "latest" ? new Response("", { status }) : undefined;
    await using opened = open([{ instead: refuse(first) }, { instead: refuse(second) }], { plan: { block: -3 } });
    assert.deepEqual(weiOf(await opened.poll()), ACCOUNTS.map(() => reason));
  }
});

Deno.test("a quorum reads the tag that is configured", async () => {
  await using opened = open([{}, {}], { plan: { block: "finalized" } });
  assert.deepEqual(weiOf(await opened.poll()), RIGHT);
  const tags = opened.nodes.all.flatMap(({ seen }) => seen.flatMap(({ items }) => items))
    .flatMap(({ method, params }) => method === "eth_getBlockByNumber" ? [params[0]] : []);
  assert.ok(tags.includes("finalized") && !tags.includes("latest"), String(tags));
});

Deno.test("a quorum retries transient failures, within the budget", async () => {
  for (
    const [message, code, asks, isSpent] of [
      ["header not found", -32000, 2, false],
      ["header not found", -32000, 1, true],
      ["boo", -32000, 1, false],
    ] as const
  ) {
    await using opened = open([{}, { instead: failing(message, code) }]);
    const { budget } = opened.pool.network;
    assert.ok(budget.take(isSpent ? 1.9 : 1));
    const result = await opened.poll();
    assert.equal(asksOf(opened.nodes.all[1] as FakeNode), asks, `${message}, ${isSpent}`);
    assert.deepEqual(weiOf(result), ACCOUNTS.map(() => message === "boo" ? "rpc_error" : "state_unavailable"));
  }
});

Deno.test("a quorum does not retry once it is decided", async () => {
  await using opened = open([{ instead: failing("header not found") }, {}, {}]);
  assert.deepEqual(weiOf(await opened.poll()), RIGHT);
  assert.equal(asksOf(opened.nodes.all[0] as FakeNode), 1);
});

Deno.test("an endpoint of a quorum that answers each account with an error is unhealthy until it answers", async () => {
  for (const size of [100, 1]) {
    for (const accounts of [ACCOUNTS, ACCOUNTS.slice(0, 1)]) {
      await using opened = open([{}, { instead: failing("boo") }, {}], { accounts });
      for (const { selector } of opened.pool.network.endpoints) selector.sizes.batch.size = size;
      assert.deepEqual(statesOf(await opened.poll()), ["ok", "unreachable", "ok"]);
      Object.assign(opened.nodes.all[1]?.truth ?? {}, { instead: undefined });
      assert.deepEqual(statesOf(await opened.poll()), ["ok", "ok", "ok"]);
    }
  }
});

Deno.test("an endpoint that is not needed for a quorum is healthy again once it reports its head", async () => {
  await using opened = open([{}, {}, {
    instead: () => Response.json({ id: 0, error: { code: -32603, message: "boo" } }),
  }]);
  assert.equal(statesOf(await opened.poll())[2], "unreachable");
  Object.assign(opened.nodes.all[2]?.truth ?? {}, { instead: undefined });
  opened.pool.network.endpoints[2]?.breaker &&
    Object.assign(opened.pool.network.endpoints[2].breaker, { openUntil: 0 });
  assert.equal(statesOf(await opened.poll())[2], "ok");
  assert.equal(asksOf(opened.nodes.all[2] as FakeNode), 0);
});

Deno.test("a quorum reports why one wallet was not read", async () => {
  await using opened = open([{}, {
    mangle: (replies, { items }) =>
      replies.map((reply, index) =>
        items[index]?.method === "eth_getBalance" && items[index]?.params[0] === ACCOUNTS[1]
          ? { id: reply["id"], error: { code: -32000, message: "missing trie node" } }
          : reply
      ),
  }]);
  const result = await opened.poll();
  assert.deepEqual(weiOf(result), [1n, "state_unavailable", 3n]);
  assert.deepEqual([statesOf(result), result.disagreements], [["ok", "ok"], 0]);
});

Deno.test("a quorum agrees that a token's contract fails", async () => {
  const token = `0x${"f".repeat(40)}`;
  const revert = ({ items, isBatch }: SeenRequest): Response | undefined => {
    if (!items.some(({ method }) => method === "eth_call")) return undefined;
    const replies = items.map(({ id, method }) =>
      method === "eth_call"
        ? { id, error: { code: 3, message: "execution reverted" } }
        : { id, result: method === "eth_chainId" ? "0x1092" : "0x7" }
    );
    return Response.json(isBatch ? replies : replies[0]);
  };
  await using opened = open([{ instead: revert }, { instead: revert }], {
    accounts: [`${token}/${ACCOUNTS[0]}`],
    plan: { tokens: [] },
  });
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), statesOf(result), result.disagreements], [["reverted"], ["ok", "ok"], 0]);
  Object.assign(opened.nodes.all[1]?.truth ?? {}, { instead: undefined, tokenAt: () => 7n });
  const other = await opened.poll();
  assert.deepEqual([weiOf(other), other.disagreements], [["integrity"], 1]);
});

Deno.test("requests of a quorum that gave balances earn others", async () => {
  await using opened = open([{}, {}], { accounts: ACCOUNTS.slice(0, 1) });
  const { budget } = opened.pool.network;
  assert.ok(budget.take(2));
  for (let poll = 0; poll < 5; poll++) await opened.poll();
  assert.deepEqual([budget.take(1), budget.take(0.1)], [true, false]);
  for (const { truth } of opened.nodes.all) truth.instead = failing("boo");
  for (let poll = 0; poll < 5; poll++) await opened.poll();
  assert.equal(budget.take(0.1), false);
});

Deno.test("a quorum does not take a fault of ours for an endpoint's", async () => {
  for (const [key, value, message] of [["block", 0.5, /BigInt/], ["genesis", 5, /toLowerCase/]] as const) {
    await using opened = open([1, 2].map(() => ({ hash: `0x${"0".repeat(64)}` })));
    Object.defineProperty(opened.pool.network.plan, key, { value });
    await assert.rejects(opened.poll(), { message });
  }
});

Deno.test("an endpoint of a quorum is healthy after its failure has passed", async () => {
  const fail = failing("header not found");
  let failed = 0;
  await using opened = open([{}, {
    instead: (request) => failed === 0 && fail(request) ? (failed++, fail(request)) : undefined,
  }]);
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), statesOf(result), failed], [RIGHT, ["ok", "ok"], 1]);
});

for (const strategy of ["packed", "batch"] as const satisfies readonly LearnedStrategy[]) {
  Deno.test(`W7: two of three that agree are published, though the first is on a fork: ${strategy}`, async () => {
    const overrides = strategy === "packed";
    const forked = new Map(ACCOUNTS.map((address) => [address, 9n]));
    const hashes = ["1", "2", "2"].map((digit) => `0x${digit.repeat(64)}`);
    // Only its hash or its time differs, it has the same block or an older one, and a block by its distance is read.
    for (const [seconds, behind] of [[0, 0], [-1, 0], [1, 0], [-4, 3]] as const) {
      for (const block of ["latest", -2] as const) {
        if (strategy === "packed" && seconds === 0) continue;
        const first = { balances: forked, time: NOW + seconds, block: BigInt(100 - behind) };
        const truths = [first, {}, {}].map((truth, index) => ({ ...truth, hash: hashes[index], overrides }));
        await using opened = open(truths, { strategy, plan: { block } });
        const result = await opened.poll();
        const name = `${seconds}, ${behind}, ${block}`;
        assert.deepEqual(weiOf(result), RIGHT, name);
        assert.deepEqual(statesOf(result), ["unreachable", "ok", "ok"], name);
        assert.equal(opened.pool.poolEndpoint.breaker.failure?.reason, "integrity");
        // Where the newest blocks are compared, no other endpoint is read at the block of the fork.
        if (block === "latest" && behind === 0) assert.equal(opened.pool.count("integrity"), 1, name);
        assert.equal(result.block?.number, 105n - BigInt(behind) - (block === "latest" ? 0n : 2n), name);
      }
    }
  });
}

Deno.test("W7: a quorum whose endpoints have a block each publishes nothing", async () => {
  const hashes = ["1", "2", "3"].map((digit) => `0x${digit.repeat(64)}`);
  await using opened = open(hashes.map((hash) => ({ hash })));
  const result = await opened.poll();
  assert.deepEqual(weiOf(result), ACCOUNTS.map(() => "integrity"));
});

Deno.test("a quorum does not vote about another block where endpoints fail for other reasons", async () => {
  const fork = { hash: `0x${"2".repeat(64)}`, instead: failing("boo") };
  await using opened = open([{ hash: `0x${"1".repeat(64)}` }, fork, fork]);
  assert.deepEqual(weiOf(await opened.poll()), ACCOUNTS.map(() => "rpc_error"));
});

Deno.test("a quorum publishes what was read at its block, though some requests were answered at another", async () => {
  const [, , last = ""] = ACCOUNTS;
  await using opened = open([{ overrides: true }, { overrides: true }], { strategy: "packed" });
  for (const { selector } of opened.pool.network.endpoints) {
    Object.assign(selector.sizes.packed, { size: 1, confirmed: 1, refusedAt: Infinity });
  }
  // Its backends are on two forks.
  for (const { truth } of opened.nodes.all) {
    const { time } = truth;
    truth.answer = ({ method, params }) => {
      const isOther = method === "eth_getBlockByNumber"
        ? params[0] !== "latest"
        : JSON.stringify(params).includes(last.slice(2));
      truth.time = time + (isOther ? 61 : 60);
    };
  }
  assert.deepEqual(weiOf(await opened.poll()), [1n, 2n, "integrity"]);
});

Deno.test("an endpoint of a quorum has one vote about a token that needs more gas", async () => {
  const answer = ({ method, params: [call] }: Item): undefined => {
    if (method === "eth_call" && (call as { readonly gas?: string }).gas !== undefined) throw new Error("out of gas");
  };
  const accounts = [`0x${"f".repeat(40)}/${ACCOUNTS[0]}`];
  await using opened = open([1, 2].map(() => ({ answer, tokenAt: () => 9n })), { accounts, plan: { tokens: [] } });
  const result = await opened.poll();
  assert.deepEqual([weiOf(result), result.disagreements], [[9n], 0]);
});

Deno.test("a quorum reports why an endpoint was not read by any strategy", async () => {
  await using opened = open([{ overrides: true }, { overrides: true }], { strategy: "packed" });
  const { truth } = opened.nodes.all[1] as FakeNode;
  let probes = 0;
  // Its EVM has another chain id, and its eth_chainId fails the second time.
  truth.instead = ({ items: [item] }) => {
    truth.chainId = item?.method === "eth_call" ? 5 : CHAIN;
    if (item?.method === "eth_call") probes = 1;
    return probes > 0 && item?.method === "eth_chainId" && probes++ > 1 ? new Response("", { status: 503 }) : undefined;
  };
  assert.deepEqual(weiOf(await opened.poll()), ACCOUNTS.map(() => "http_server"));
});

Deno.test("a quorum reads the first of two blocks that equally many endpoints have", async () => {
  const hashes = ["1", "1", "2", "2"].map((digit) => `0x${digit.repeat(64)}`);
  await using opened = open(hashes.map((hash) => ({ hash })));
  assert.deepEqual(weiOf(await opened.poll()), RIGHT);
  assert.deepEqual(opened.nodes.all.map(isAsked), [true, true, false, false]);
});

/** Four endpoints that do not have the block of the first. The second changes when a balance of the last was requested. */
function openForked(change: (opened: Opened) => void): Opened {
  const hashes = ["1", "2", "2", "2"].map((digit) => `0x${digit.repeat(64)}`);
  const opened = open(hashes.map((hash) => ({ hash })), { plan: { block: -2 } });
  const { truth } = opened.nodes.all[3] as FakeNode;
  truth.instead = ({ items }) => {
    if (items.some(({ params }) => params[0] !== "latest" && params[0] !== undefined)) change(opened);
    return undefined;
  };
  return opened;
}

Deno.test("a quorum on a fork asks each endpoint for its block until one has another", async () => {
  const hash = `0x${"1".repeat(64)}`;
  const changes: readonly Partial<FakeTruth>[] = [{ hash }, { instead: down }];
  for (const change of changes) {
    await using opened = openForked(({ nodes }) => void Object.assign(nodes.all[1]?.truth ?? {}, change));
    assert.deepEqual(weiOf(await opened.poll()), RIGHT);
  }
});

Deno.test("a quorum on a fork does not take a fault of ours for an endpoint's", async () => {
  let isBroken = true;
  await using opened = openForked(({ pool: { network } }) => {
    const endpoint = network.endpoints[1]?.endpoint;
    const pacer = endpoint?.pacer;
    Object.defineProperty(endpoint ?? {}, "pacer", {
      get(): unknown {
        if (!isBroken) return pacer;
        isBroken = false;
        throw new RangeError("broken");
      },
    });
  });
  await assert.rejects(opened.poll(), { message: "broken" });
});

Deno.test("W5: zeros of a quorum are published at once, and withheld for three polls where it is syncing", async () => {
  for (const syncing of [false, { currentBlock: "0x1" }]) {
    await using opened = open([{}, {}, {}]);
    assert.deepEqual(weiOf(await opened.poll()), RIGHT);
    for (const { truth } of opened.nodes.all.slice(0, 2)) Object.assign(truth, { balances: new Map(), syncing });
    const zeros = ACCOUNTS.map(() => 0n);
    using log = catchLog();
    if (syncing !== false) {
      for (let poll = 0; poll < 3; poll++) {
        const result = await opened.poll();
        assert.deepEqual(weiOf(result), ACCOUNTS.map(() => "state_unavailable"), `poll ${poll}`);
        assert.match(result.failure?.message ?? "", /syncing/);
      }
    }
    assert.deepEqual(weiOf(await opened.poll()), zeros);
    assert.deepEqual(
      log.lines.filter(({ level }) => level === "warn"),
      syncing === false ? [] : [{
        level: "warn",
        msg: "Balances of 0 are published without confirmation",
        network: "n",
        detail: "all balances are 0 at once, and the node is syncing",
      }],
    );
    for (const { truth } of opened.nodes.all) Object.assign(truth, { balances: BALANCES, syncing: false });
    assert.deepEqual(weiOf(await opened.poll()), RIGHT);
  }
});

Deno.test("W5: a quorum that withholds zeros fails only endpoints that are syncing, and keeps other reasons", async () => {
  const token = `0x${"f".repeat(40)}/${ACCOUNTS[0]}`;
  await using opened = open([{}, {}], { accounts: [...ACCOUNTS, token] });
  const { budget, zeros } = opened.pool.network;
  await opened.poll();
  const [first, second] = opened.nodes.all;
  for (const { truth } of opened.nodes.all) truth.balances = new Map();
  Object.assign(first?.truth ?? {}, { syncing: { currentBlock: "0x1" } });
  while (budget.take(0.1));
  const result = await opened.poll();
  assert.deepEqual(weiOf(result), [...ACCOUNTS.map(() => "state_unavailable"), "rpc_error"]);
  assert.deepEqual([statesOf(result), zeros.polls], [["unreachable", "ok"], 1]);
  assert.equal(budget.take(0.1), false, "eth_syncing is paid for");
  // Once all of it is confirmed, three polls may be withheld again.
  Object.assign(first?.truth ?? {}, { syncing: false, balances: BALANCES });
  Object.assign(second?.truth ?? {}, { balances: BALANCES });
  assert.deepEqual(weiOf(await opened.poll()), [...RIGHT, "rpc_error"]);
  assert.equal(zeros.polls, 0);
});
