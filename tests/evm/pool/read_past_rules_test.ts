import assert from "node:assert/strict";
import { readPast } from "../../../src/evm/pool/read_past.ts";
import type { Network } from "../../../src/evm/pool/open_network.ts";
import type { Past, PastResult } from "../../../src/model/source.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { accountsOf, type TestPlan } from "../../fakes/open_pool.ts";
import { HEAD, openPastWorld, type PastWorld, type ProgramCall, usualTime } from "../../fakes/past_world.ts";

const HOUR = 3600;
const KEYS = accountsOf(3);
const ACCOUNTS = toAccounts(KEYS);
const DAY = 24 * HOUR * 1000;

interface World extends PastWorld {
  /** The ages that were passed on so far, and what with. */
  readonly passed: Past[];
  read(ages: readonly number[], used?: string): Promise<PastResult>;
  /** How many calls of programs were sent, by node. */
  calls(place?: number): number;
}

/** Endpoints that read balances in the last poll, of a network whose newest block is the head. */
function openWorld({ nodes = 1, plan = {} }: { nodes?: number; plan?: TestPlan } = {}): World {
  const world = openPastWorld({ nodes, plan: { chainId: 1, ...plan } });
  const { pool: { network }, clock } = world;
  for (const { selector } of network.endpoints) {
    selector.comparisons.set("packed", { chainId: 1, at: clock.now(), isEqual: true, ofZeros: true });
  }
  network.newest = { ...HEAD, byEvm: true };
  const passed: Past[] = [];
  const onPast = (past: Past): void => void passed.push(past);
  const { limits } = world.of;
  return Object.assign(world, {
    passed,
    read: (ages: readonly number[], used?: string) =>
      readPast(network, used, { accounts: ACCOUNTS, ages, limits, onPast }),
    calls: (place = 0) =>
      world.nodes.all[place]?.seen.filter(({ items }) => items.some(({ method }) => method === "eth_call")).length ?? 0,
  });
}

function agesOf({ passed }: World): readonly number[] {
  return passed.map(({ age }) => age);
}

/** Blocks that are made at another pace than is known. */
function slowDown(world: World, seconds: (number: bigint) => number): void {
  const { run } = world;
  world.timeOf = seconds;
  world.run = (call) => ({ ...run(call), time: seconds(call.number) });
}

Deno.test("readPast() needs an endpoint that reads by state overrides, and was compared within a day", async () => {
  const cases: Readonly<Record<string, (network: Network, world: World) => void>> = {
    "another strategy": ({ endpoints: [one] }) => void Object.assign(one?.selector ?? {}, { strategy: "multicall" }),
    "never read": ({ endpoints: [one] }) => void Object.assign(one?.selector ?? {}, { proven: false }),
    "failing": ({ endpoints: [one] }) => void Object.assign(one?.breaker ?? {}, { failure: new Error() }),
    "lagging": ({ endpoints: [one] }) => void Object.assign(one ?? {}, { headStatus: "lagging" }),
    "compared a day ago": (_, { clock }) => clock.skip(DAY),
    "not compared": ({ endpoints: [one] }) => one?.selector.comparisons.clear(),
    "no known chain": (network) => network.chainId = undefined,
    "no known block": (network) => network.newest = undefined,
  };
  for (const [title, change] of Object.entries(cases)) {
    using world = openWorld();
    change(world.pool.network, world);
    const { failure, endpoint } = await world.read([HOUR]);
    assert.deepEqual([failure?.reason, failure?.refusal, endpoint], ["missing", "unsupported", undefined], title);
    assert.equal(failure?.message, "no endpoint runs state overrides");
    assert.equal(world.node.seen.length, 0);
  }
  using few = openWorld({ nodes: 2, plan: { quorum: 2 } });
  Object.assign(few.pool.network.endpoints[1]?.selector ?? {}, { proven: false });
  assert.equal((await few.read([HOUR])).failure?.message, "fewer than 2 endpoints run state overrides");
  assert.equal(few.node.seen.length, 0);
  using world = openWorld();
  assert.equal((await world.read([HOUR])).failure, undefined);
  assert.deepEqual(agesOf(world), [HOUR]);
});

Deno.test("readPast() reads the endpoint in use, else the first", async () => {
  for (const [used, place] of [[undefined, 0], ["127.0.0.1:9003", 2], ["127.0.0.1:9002", 1], ["other", 0]] as const) {
    using world = openWorld({ nodes: 3 });
    const { endpoint } = await world.read([HOUR], used);
    assert.equal(endpoint, `127.0.0.1:${9001 + place}`);
    assert.deepEqual([0, 1, 2].map((each) => world.calls(each)), [0, 1, 2].map((each) => each === place ? 1 : 0));
  }
  using world = openWorld({ nodes: 3, plan: { quorum: 2 } });
  await world.read([HOUR], "127.0.0.1:9003");
  assert.deepEqual([0, 1, 2].map((each) => world.calls(each)), [1, 0, 1]);
});

Deno.test("readPast() does not wait for an endpoint that asked for a pause", async () => {
  using world = openWorld();
  world.of.endpoint.pacer.onThrottled(1000);
  assert.equal((await world.read([HOUR])).failure?.reason, "throttled");
  assert.equal(world.node.seen.length, 0);
});

Deno.test("readPast() counts from the head where the clock is behind it", async () => {
  for (const [seconds, blocks] of [[-1800, 300n], [0, 300n], [1800, 150n]] as const) {
    using world = openWorld();
    world.clock.setWall(seconds);
    const { run } = world;
    const numbers: bigint[] = [];
    world.run = (call) => {
      numbers.push(HEAD.number - call.number);
      return run(call);
    };
    await world.read([HOUR]);
    assert.deepEqual([agesOf(world), numbers], [[HOUR], [blocks]]);
  }
});

Deno.test("readPast() reads one block, then six at once, one for each age", async () => {
  using world = openWorld();
  let underWay = 0;
  const most: number[] = [];
  world.node.truth.instead = async ({ items }) => {
    if (items[0]?.method !== "eth_call") return undefined;
    underWay++;
    await new Promise((resolve) => setTimeout(resolve, 0));
    most.push(underWay);
    underWay--;
    return undefined;
  };
  const ages = Array.from({ length: 9 }, (_, index) => HOUR * (index + 1));
  await world.read(ages);
  assert.deepEqual([most[0], Math.max(...most), most.length], [1, 6, 9]);
  assert.deepEqual(agesOf(world), ages);
  using two = openWorld();
  await two.read([HOUR, 2 * HOUR]);
  assert.deepEqual([agesOf(two), two.calls()], [[HOUR, 2 * HOUR], 2]);
});

Deno.test("readPast() passes each block on as soon as all newer ones were", async () => {
  using world = openWorld();
  const { run } = world;
  const known: number[] = [];
  world.run = (call) => {
    known.push(world.passed.length);
    return run(call);
  };
  await world.read([HOUR, 2 * HOUR]);
  assert.deepEqual(known, [0, 1]);
});

/** The first estimate of an hour ago is two hours old, since blocks are twice as slow since then. */
function openSlow(): World {
  const world = openWorld();
  slowDown(world, (number) => {
    const below = Number(HEAD.number - number);
    return HEAD.time - (below <= 600 ? 24 * below : 14_400 + 12 * (below - 600));
  });
  // No block of a day before shows the pace.
  world.of.selector.sizes.batch.size = 1;
  return world;
}

Deno.test("readPast() corrects its estimates, and passes a block on after the newer one that it finds", async () => {
  using world = openSlow();
  await world.read([HOUR, 2 * HOUR]);
  assert.deepEqual(agesOf(world), [HOUR, 2 * HOUR]);
});

Deno.test("readPast() passes on what it read where the newer one fails, and what is near no age", async () => {
  using world = openSlow();
  const { run } = world;
  let calls = 0;
  world.run = (call) => {
    if (++calls > 1) throw new Error("internal error");
    return run(call);
  };
  const { failure } = await world.read([HOUR, 2 * HOUR]);
  assert.deepEqual([failure?.reason, agesOf(world)], ["rpc_error", [2 * HOUR]]);
  using one = openSlow();
  await one.read([HOUR]);
  assert.deepEqual([agesOf(one), one.calls()], [[HOUR, 2 * HOUR], 2]);
});

Deno.test("readPast() reads two blocks per age at most, where none is near it", async () => {
  for (const ages of [[HOUR], [HOUR, 2 * HOUR], [HOUR, 2 * HOUR, 3 * HOUR]]) {
    using world = openWorld();
    // No block was made for ten hours.
    slowDown(world, (number) => {
      const below = Number(HEAD.number - number);
      return HEAD.time - below - (below < 150 ? 0 : 10 * HOUR);
    });
    world.of.selector.sizes.batch.size = 1;
    await world.read(ages);
    assert.equal(world.calls(), 2 * ages.length);
  }
});

/** A node that has no state of blocks below one, by the message of geth. */
function dropBelow(world: World, oldest: bigint, message = "missing trie node 00"): void {
  const { run } = world;
  world.run = (call) => {
    if (call.number < oldest) throw new Error(message);
    return run(call);
  };
}

Deno.test("readPast() reads 126 blocks back only where the node has no state of an hour ago", async () => {
  using gone = openWorld();
  dropBelow(gone, HEAD.number - 126n);
  assert.equal((await gone.read([HOUR])).failure?.reason, "state_unavailable");
  assert.deepEqual([agesOf(gone), gone.calls()], [[126 * 12], 2]);
  using other = openWorld();
  dropBelow(other, HEAD.number - 126n, "internal error");
  assert.equal((await other.read([HOUR])).failure?.reason, "rpc_error");
  assert.deepEqual([agesOf(other), other.calls()], [[], 1]);
  using ignoring = openWorld();
  const { run } = ignoring;
  ignoring.run = (call) => ({ ...run(call), number: HEAD.number });
  assert.equal((await ignoring.read([HOUR])).failure?.refusal, "unsupported");
  assert.equal(ignoring.calls(), 1, "the node answers for another block");
  using later = openWorld();
  dropBelow(later, HEAD.number - 300n);
  assert.equal((await later.read([HOUR, 2 * HOUR])).failure?.reason, "state_unavailable");
  assert.deepEqual([agesOf(later), later.calls()], [[HOUR], 2]);
  using none = openWorld();
  dropBelow(none, HEAD.number);
  assert.equal((await none.read([HOUR])).failure?.reason, "state_unavailable");
  assert.deepEqual([agesOf(none), none.calls()], [[], 2]);
});

Deno.test("readPast() takes no block of the last two minutes for the past", async () => {
  for (const [seconds, isTaken] of [[119, false], [120, true]] as const) {
    using world = openWorld();
    dropBelow(world, HEAD.number - 126n);
    slowDown(world, (number) => number === HEAD.number - 126n ? HEAD.time - seconds : usualTime(number));
    await world.read([HOUR]);
    assert.deepEqual(agesOf(world), isTaken ? [seconds] : []);
  }
});

Deno.test("readPast() does not look below the first block", async () => {
  for (const [height, calls] of [[126n, 2], [125n, 1]] as const) {
    using world = openWorld();
    world.node.truth.instead = ({ items: [item], isBatch }) => {
      if (item?.method !== "eth_getBlockByNumber") return undefined;
      const head = { number: `0x${height.toString(16)}`, timestamp: `0x${HEAD.time.toString(16)}` };
      const reply = { jsonrpc: "2.0", id: item.id, result: head };
      return isBatch ? Response.json([reply]) : Response.json(reply);
    };
    world.run = () => {
      throw new Error("missing trie node 00");
    };
    await world.read([HOUR]);
    assert.equal(world.calls(), calls);
  }
});

Deno.test("readPast() takes balances that are 0 for lost state, if two that are funded now are among them", async () => {
  const cases: readonly (readonly [words: readonly bigint[], funded: number, isTaken: boolean])[] = [
    [[0n, 0n, 0n], 2, false],
    [[0n, 0n, 0n], 1, true],
    [[0n, 0n, 0n], 0, true],
    [[0n, 0n, 1n], 3, true],
  ];
  for (const [words, funded, isTaken] of cases) {
    using world = openWorld();
    const { run } = world;
    world.run = (call) => ({ ...run(call), words });
    for (const account of ACCOUNTS.slice(0, funded)) world.pool.network.funded.add(account);
    const { failure } = await world.read([3 * HOUR]);
    assert.deepEqual([failure?.reason, world.passed.length > 0], [isTaken ? undefined : "state_unavailable", isTaken]);
    if (isTaken) {
      assert.deepEqual([...world.passed[0]?.amounts ?? []], ACCOUNTS.map((each, index) => [each, words[index]]));
    }
  }
});

Deno.test("readPast() takes with a quorum what all report, of the same block", async () => {
  const read = async (other: (call: ProgramCall) => object): Promise<readonly unknown[]> => {
    using world = openWorld({ nodes: 2, plan: { quorum: 2 } });
    const { run } = world;
    world.run = (call) => ({ ...run(call), ...call.place === 1 ? other(call) : {} });
    const { failure } = await world.read([HOUR]);
    return [failure?.reason, ...world.passed.map(({ amounts }) => [...amounts].map(([{ key }]) => key))];
  };
  assert.deepEqual(await read(() => ({})), [undefined, KEYS]);
  assert.deepEqual(await read(() => ({ words: [5n, 6n, 5n] })), [undefined, [KEYS[0], KEYS[2]]]);
  assert.deepEqual(await read(({ number }) => ({ time: usualTime(number) + 12 })), ["integrity"]);
});

Deno.test("readPast() reads what exists on the chain", async () => {
  using world = openWorld();
  // A chain without a native coin.
  world.pool.network.chainId = 4217;
  for (const { selector } of world.pool.network.endpoints) {
    selector.comparisons.set("packed", { chainId: 4217, at: world.clock.now(), isEqual: true });
  }
  const { run } = world;
  world.run = (call) => ({ ...run(call), chainId: 4217n });
  const token = tokenKey(`0x${"ab".repeat(20)}`, KEYS[0] ?? "");
  const passed: Past[] = [];
  const request = { ages: [HOUR], limits: world.of.limits, onPast: (past: Past) => void passed.push(past) };
  await readPast(world.pool.network, undefined, { ...request, accounts: [...ACCOUNTS, ...toAccounts([token])] });
  assert.ok(passed.length > 0);
  for (const { amounts } of passed) assert.deepEqual([...amounts], [[toAccounts([token])[0], 7n]]);
});

Deno.test("readPast() hides no bug", async () => {
  using world = openWorld();
  const onPast = (): never => {
    throw new TypeError("a bug");
  };
  const { limits } = world.of;
  const request = { accounts: ACCOUNTS, ages: [HOUR], limits, onPast };
  await assert.rejects(readPast(world.pool.network, undefined, request), { message: "a bug" });
  const broken = ACCOUNTS.map((account) => ({
    ...account,
    asset: { ...account.asset, requestType: "view" as const, request: () => onPast() },
  }));
  await assert.rejects(readPast(world.pool.network, undefined, { ...request, accounts: broken }), { message: "a bug" });
});
