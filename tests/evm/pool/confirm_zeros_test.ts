import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { type Network, openNetwork } from "../../../src/evm/pool/open_network.ts";
import type { LearnedStrategy } from "../../../src/evm/strategies/strategy_selector.ts";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import { type FakeNode, startFakeNode, startNodes } from "../../fakes/fake_node.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool, type PoolOptions } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(4);
const [FIRST = "", SECOND = ""] = ACCOUNTS;
/** The last wallet never had anything. */
const FUNDED = new Map(ACCOUNTS.slice(0, 3).map((address, index) => [address, BigInt(index + 1)]));
const RIGHT = [1n, 2n, 3n, 0n];
const ZEROS = [0n, 0n, 0n, 0n];
const WITHHELD = ZEROS.map(() => "state_unavailable");
const SYNCING = { startingBlock: "0x0", currentBlock: "0x1", highestBlock: "0xff" };
const INTERVAL = 60_000;

function weiOf({ outcomes }: ListedPoll): readonly unknown[] {
  return outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

function methodsOf({ seen }: FakeNode): readonly string[] {
  return seen.splice(0).map(({ items }) => items.map(({ method }) => method.slice(4)).join());
}

/** A pool whose time passes with each poll, on its chain as well, and which was read once. */
interface Polled extends Disposable {
  readonly pool: OpenPool;
  poll(): Promise<readonly unknown[]>;
}

async function startPolled(nodes: readonly FakeNode[], options: Partial<PoolOptions> = {}): Promise<Polled> {
  const clock = createRunningClock();
  const pool = openPool(nodes.map(({ url }) => url), {
    accounts: ACCOUNTS,
    clock,
    interval: INTERVAL,
    ...options,
    plan: { chainId: 1, ...options.plan },
  });
  const poll = async (): Promise<readonly unknown[]> => {
    clock.skip(INTERVAL);
    for (const { truth } of nodes) {
      Object.assign(truth, { time: truth.time + INTERVAL / 1000, block: truth.block + BigInt(INTERVAL / 1000) });
    }
    return weiOf(await pollOnce(pool.network, pool.limits));
  };
  await poll();
  for (const node of nodes) node.seen.length = 0;
  return { pool, poll, [Symbol.dispose]: () => pool[Symbol.dispose]() };
}

for (const strategy of ["packed", "batch"] as const satisfies readonly LearnedStrategy[]) {
  const overrides = strategy === "packed";

  for (
    const [what, syncing] of [["reports that it is not syncing", false], ["has no eth_syncing", undefined]] as const
  ) {
    Deno.test(`all wallets emptied at once are published in the same poll: the node ${what}, ${strategy}`, async () => {
      await using node = startFakeNode({ overrides, balances: FUNDED, syncing });
      using polled = await startPolled([node]);
      node.truth.balances = new Map();
      assert.deepEqual(await polled.poll(), ZEROS);
      const methods = methodsOf(node);
      assert.equal(methods.filter((method) => method === "syncing").length, 1);
      assert.ok(methods.at(-1)?.includes("getBalance"), "they were not read again by the plain method");
      await polled.poll();
      assert.ok(!methodsOf(node).includes("syncing"), "zeros were confirmed again");
    });
  }

  Deno.test(`zeros of a node that is syncing are withheld for three polls, and published with a warning: ${strategy}`, async () => {
    await using node = startFakeNode({ overrides, balances: FUNDED });
    using polled = await startPolled([node]);
    Object.assign(node.truth, { balances: new Map(), syncing: SYNCING });
    using log = catchLog();
    for (let count = 0; count < 3; count++) assert.deepEqual(await polled.poll(), WITHHELD);
    assert.ok(polled.pool.count("state_unavailable") > 0);
    assert.ok(!log.lines.some(({ level }) => level === "warn"));
    assert.deepEqual(await polled.poll(), ZEROS);
    assert.equal(log.lines.filter(({ level }) => level === "warn").length, 1);
  });

  Deno.test(`balances that come back after zeros were withheld are published at once: ${strategy}`, async () => {
    await using node = startFakeNode({ overrides, balances: FUNDED });
    using polled = await startPolled([node]);
    for (let turn = 0; turn < 2; turn++) {
      Object.assign(node.truth, { balances: new Map(), syncing: SYNCING });
      for (let count = 0; count < 3; count++) assert.deepEqual(await polled.poll(), WITHHELD);
      Object.assign(node.truth, { balances: FUNDED, syncing: false });
      assert.deepEqual(await polled.poll(), RIGHT);
    }
  });

  Deno.test(`one wallet that is emptied is published at once, without a question: ${strategy}`, async () => {
    await using node = startFakeNode({ overrides, balances: FUNDED, syncing: SYNCING });
    using polled = await startPolled([node]);
    const usual = (await polled.poll(), methodsOf(node));
    node.truth.balances = new Map([...FUNDED].filter(([address]) => address !== FIRST));
    assert.deepEqual(await polled.poll(), [0n, 2n, 3n, 0n]);
    assert.deepEqual(methodsOf(node), usual);
  });

  Deno.test(`zeros of a syncing endpoint are replaced by another one's balances in the same poll: ${strategy}`, async () => {
    await using nodes = startNodes([1, 2].map(() => ({ overrides, balances: FUNDED })));
    using polled = await startPolled(nodes.all);
    Object.assign(nodes.all[0]?.truth ?? {}, { balances: new Map(), syncing: SYNCING });
    for (let count = 0; count < 5; count++) assert.deepEqual(await polled.poll(), RIGHT);
  });

  Deno.test(`zeros that another endpoint has at the same block are published in the same poll: ${strategy}`, async () => {
    await using nodes = startNodes([1, 2].map(() => ({ overrides, balances: FUNDED })));
    using polled = await startPolled(nodes.all);
    // The first one reports that it is syncing, as some nodes always do.
    Object.assign(nodes.all[0]?.truth ?? {}, { syncing: SYNCING });
    for (const { truth } of nodes.all) truth.balances = new Map();
    assert.deepEqual(await polled.poll(), ZEROS);
    assert.deepEqual(nodes.all.map((node) => methodsOf(node).includes("syncing")), [false, true]);
  });

  Deno.test(`zeros of two endpoints that are both syncing are withheld, and a third one is read: ${strategy}`, async () => {
    for (const count of [2, 3]) {
      await using nodes = startNodes(Array.from({ length: count }, () => ({ overrides, balances: FUNDED })));
      using polled = await startPolled(nodes.all);
      for (const { truth } of nodes.all.slice(0, 2)) Object.assign(truth, { balances: new Map(), syncing: SYNCING });
      assert.deepEqual(await polled.poll(), count === 2 ? WITHHELD : RIGHT);
    }
  });
}

Deno.test("zeros are not contradicted by an endpoint that does not have their block yet", async () => {
  await using nodes = startNodes([1, 2].map(() => ({ overrides: true, balances: FUNDED })));
  using polled = await startPolled(nodes.all);
  const [first, second] = nodes.all;
  if (first === undefined || second === undefined) throw new RangeError("Two nodes were started");
  first.truth.balances = new Map();
  second.truth.block -= 1n;
  second.truth.time -= 1;
  assert.deepEqual(await polled.poll(), ZEROS);
  assert.ok(methodsOf(first).includes("syncing"));
});

Deno.test("zeros of a strategy that plain balances contradict are not published, and it is not used any more", async () => {
  await using node = startFakeNode({ overrides: true, balances: FUNDED });
  using polled = await startPolled([node]);
  node.truth.evm = () => 0n;
  assert.deepEqual(await polled.poll(), WITHHELD);
  for (let count = 0; count < 4; count++) assert.deepEqual(await polled.poll(), RIGHT);
  assert.equal(polled.pool.poolEndpoint.selector.strategy, "batch");
});

Deno.test("a quorum that is not syncing confirms zeros by itself", async () => {
  await using nodes = startNodes([1, 2].map(() => ({ overrides: true, balances: FUNDED })));
  using polled = await startPolled(nodes.all, { plan: { quorum: 2 } });
  for (const { truth } of nodes.all) truth.balances = new Map();
  assert.deepEqual(await polled.poll(), ZEROS);
});

Deno.test("after a start there is nothing to compare with, and after a reload there is", async () => {
  await using node = startFakeNode({ overrides: true, balances: new Map(), syncing: SYNCING });
  using polled = await startPolled([node]);
  assert.deepEqual(await polled.poll(), ZEROS);
  node.truth.balances = FUNDED;
  assert.deepEqual(await polled.poll(), RIGHT);
  const { network, limits } = polled.pool;
  const reload = (changes: Partial<Network["plan"]>): Network =>
    openNetwork({ ...network.plan, ...changes }, {
      clock: limits.clock,
      interval: INTERVAL,
      meterOf: () => ({ recordRequest: () => {}, recordError: () => {} }),
      before: network,
    });
  node.truth.balances = new Map();
  using reloaded = reload({ accounts: toAccounts([SECOND, ...accountsOf(9).slice(4), FIRST]) });
  const { outcomes } = await pollOnce(reloaded, polled.pool.limits);
  assert.deepEqual([...new Set(outcomes)], ["state_unavailable"]);
});
