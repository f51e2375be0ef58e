import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import { type Network, openNetwork } from "../../../src/evm/pool/open_network.ts";
import { EndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
import { type FakeNode, type FakeTruth, type SeenRequest, silence, startFakeNode } from "../../fakes/fake_node.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { startDeadline } from "../../../src/http/deadline.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(3);
const [POOR = "", RICH = ""] = ACCOUNTS;
const SCALE = 10n ** 10n;
const BALANCES = new Map([[POOR, 5n * SCALE], [RICH, 9n * SCALE]]);
const RIGHT = [5n * SCALE, 9n * SCALE, 0n];
const DAY = 86_400_000;
const TIMEOUT = 10_000;

/** The coin has 8 decimals in the EVM, and 18 elsewhere. */
const SCALED: Partial<FakeTruth> = { overrides: true, balances: BALANCES, evm: (wei) => wei / SCALE };

function weiOf({ outcomes }: ListedPoll): readonly unknown[] {
  return outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

/** The methods of each request since the last call. */
function methodsOf({ seen }: FakeNode): readonly string[] {
  return seen.splice(0).map(({ items }) => items.map(({ method }) => method.slice(4)).join());
}

function asksPlainly({ items }: SeenRequest): boolean {
  return items.some(({ method }) => method === "eth_getBalance");
}

/** Lets time pass on the chain as well. */
function passing(clock: ReturnType<typeof createRunningClock>, { truth }: FakeNode): (ms: number) => void {
  return (ms) => {
    clock.skip(ms);
    Object.assign(truth, { time: truth.time + ms / 1000, block: truth.block + BigInt(ms / 1000) });
  };
}

Deno.test("a new strategy is compared once, with the plain balance of the richest wallet at the same block", async () => {
  await using node = startFakeNode({ overrides: true, balances: BALANCES });
  using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.deepEqual(node.seen[1]?.items.map(({ method, params }) => [method, ...params]), [
    ["eth_getBalance", RICH, "0x64"],
  ]);
  assert.deepEqual(methodsOf(node), ["call", "getBalance"]);
  for (let poll = 0; poll < 3; poll++) assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.deepEqual(methodsOf(node), ["call", "call", "call"]);
});

Deno.test("a strategy that returns other balances is disabled for a day, and the next one reads in the same poll", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode(SCALED);
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: 60_000 });
  const pass = passing(clock, node);
  using log = catchLog();
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.equal(pool.poolEndpoint.selector.strategy, "batch");
  assert.equal(pool.count("integrity"), 1);
  const lines = log.lines.filter(({ level }) => level === "warn");
  assert.deepEqual(lines.map((line) => [line["strategy"], line["address"], line["balance"], line["eth_getBalance"]]), [
    ["packed", RICH, "9", "90000000000"],
  ]);
  methodsOf(node);
  for (let hour = 0; hour < 23; hour++) {
    pass(3_600_000);
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  }
  assert.ok(methodsOf(node).every((methods) => !methods.includes("call")), "it was tried within the day");
  pass(3_600_000);
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.ok(methodsOf(node).includes("call"), "it was not tried after a day");
  node.truth.evm = (wei) => wei;
  pass(DAY);
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.equal(pool.poolEndpoint.selector.strategy, "packed");
});

Deno.test("a trusted strategy is compared again after a day", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode({ overrides: true, balances: BALANCES });
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: 60_000 });
  const pass = passing(clock, node);
  await pollOnce(pool.network, pool.limits);
  methodsOf(node);
  pass(DAY - 60_000);
  await pollOnce(pool.network, pool.limits);
  assert.deepEqual(methodsOf(node), ["call"]);
  Object.assign(node.truth, SCALED);
  pass(60_000);
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.equal(pool.poolEndpoint.selector.strategy, "batch");
});

Deno.test("a comparison that is not answered publishes nothing of the strategy, and is tried again in the next poll", async () => {
  await using node = startFakeNode(SCALED);
  const clock = createRunningClock();
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: 60_000 });
  const pass = passing(clock, node);
  node.truth.instead = (request) => asksPlainly(request) ? new Response("", { status: 500 }) : undefined;
  assert.ok(weiOf(await pollOnce(pool.network, pool.limits)).every((wei) => typeof wei === "string"));
  pass(60_000);
  // Where batches are answered, these are published meanwhile.
  node.truth.instead = (request) =>
    asksPlainly(request) && !request.isBatch ? new Response("", { status: 500 }) : undefined;
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.equal(pool.poolEndpoint.selector.strategy, "packed");
  Object.assign(node.truth, { instead: undefined, evm: (wei: bigint) => wei });
  methodsOf(node);
  pass(60_000);
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.deepEqual(methodsOf(node), ["call", "getBalance"]);
});

Deno.test("a strategy is compared at the first funded answer where all balances are 0, and once before", async () => {
  await using node = startFakeNode({ ...SCALED, balances: new Map() });
  using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  for (const methods of [["call", "getBalance,getBalance,getBalance"], ["call"]]) {
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [0n, 0n, 0n]);
    assert.deepEqual(methodsOf(node), methods);
  }
  node.truth.balances = BALANCES;
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
});

Deno.test("a strategy is trusted where the EVM counts the blocks of another chain", async () => {
  // As on Arbitrum, and the node has no block of such a number.
  await using node = startFakeNode({ overrides: true, balances: BALANCES });
  using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  node.truth.evmBlock = 23_000_000n;
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.deepEqual(methodsOf(node), ["call", "getBalance", "getBalance", "call"]);
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.deepEqual(methodsOf(node), ["call"]);
});

Deno.test("a balance that changes between two questions is no reason to disable a strategy", async () => {
  await using node = startFakeNode({ overrides: true, balances: new Map(BALANCES) });
  using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  node.truth.instead = () => {
    node.truth.balances.set(RICH, (node.truth.balances.get(RICH) ?? 0n) + 1n);
    return undefined;
  };
  const first = weiOf(await pollOnce(pool.network, pool.limits));
  assert.ok(first.every((wei) => typeof wei === "bigint"), "batches were not read");
  assert.equal(pool.poolEndpoint.selector.strategy, "packed");
  node.truth.instead = undefined;
  await pollOnce(pool.network, pool.limits);
  methodsOf(node);
  await pollOnce(pool.network, pool.limits);
  assert.deepEqual(methodsOf(node), ["call"]);
});

Deno.test("a standby endpoint is compared too, and its strategy is not trusted because of another endpoint", async () => {
  await using one = startFakeNode({ overrides: true, balances: BALANCES });
  await using two = startFakeNode(SCALED);
  using pool = openPool([one.url, two.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  const read = async (network: Network): Promise<void> => {
    const { endpoint } = await pollOnce(network, pool.limits);
    await probeStandbys(network, endpoint, pool.limits);
  };
  await read(pool.network);
  assert.deepEqual(pool.network.endpoints.map(({ selector }) => selector.strategy), ["packed", "batch"]);
});

Deno.test("a reload keeps the trust in an endpoint that stays, and has none in one that is new", async () => {
  await using one = startFakeNode({ overrides: true, balances: BALANCES });
  await using two = startFakeNode(SCALED);
  using pool = openPool([one.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  const { network, limits } = pool;
  await pollOnce(network, limits);
  methodsOf(one);
  const other = new EndpointUrl(new URL(two.url));
  for (const endpoints of [network.plan.endpoints, [{ name: other.name, url: other }]]) {
    using reloaded = openNetwork({ ...network.plan, accounts: toAccounts(ACCOUNTS.slice(0, 2)), endpoints }, {
      clock: limits.clock,
      interval: 1000,
      meterOf: () => ({ recordRequest: () => {}, recordError: () => {} }),
      before: network,
    });
    assert.deepEqual(weiOf(await pollOnce(reloaded, pool.limits)), RIGHT.slice(0, 2));
    if (endpoints === network.plan.endpoints) assert.deepEqual(methodsOf(one), ["call"]);
  }
  assert.ok(methodsOf(two).length > 2, "the new endpoint was believed without a comparison");
});

Deno.test("zeros of a strategy that always returns 0 are not published", async () => {
  await using node = startFakeNode({ overrides: true, balances: BALANCES, evm: () => 0n });
  using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  for (let poll = 0; poll < 2; poll++) {
    assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
    assert.equal(pool.poolEndpoint.selector.strategy, "batch");
  }
});

Deno.test("a wallet that is funded between two questions is no reason to disable a strategy that returned 0", async () => {
  await using node = startFakeNode({ overrides: true });
  using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1 } });
  node.truth.mangle = (replies) => {
    node.truth.balances = BALANCES;
    return replies;
  };
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), [0n, 0n, 0n]);
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.equal(pool.poolEndpoint.selector.strategy, "packed");
});

Deno.test("a node whose eth_call ignores the tag is read by plain balances at the block of the tag", async () => {
  for (const block of ["finalized", "safe"] as const) {
    await using node = startFakeNode({ overrides: true, weiAt: (_, number) => number });
    // The fake has every block of a number; its tags are its latest block's.
    node.truth.mangle = (replies, { items }) =>
      replies.map((reply, index) => {
        const { method = "", params: [at] = [] } = items[index] ?? {};
        if (method !== "eth_getBlockByNumber" || at !== block) return reply;
        return { ...reply, result: { number: "0x50", timestamp: `0x${(node.truth.time - 20).toString(16)}` } };
      });
    using log = catchLog();
    using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1, block } });
    const { block: read, outcomes } = await pollOnce(pool.network, pool.limits);
    assert.deepEqual([read?.number, weiOf({ outcomes } as ListedPoll)], [80n, [80n, 80n, 80n]]);
    const ignored = log.lines.filter(({ msg }) => msg === "Endpoint ignores the requested block");
    assert.deepEqual(ignored.map((line) => [line["method"], line["block"]]), [["eth_call", block]]);
  }
});

Deno.test("tokens are not read at another block than the tag's either, where the chain has no coin", async () => {
  for (const chainId of [1, 4217]) {
    await using node = startFakeNode({ overrides: true, chainId, tokenAt: (number) => number });
    node.truth.mangle = (replies, { items }) =>
      replies.map((reply, index) => {
        const { method = "", params: [at] = [] } = items[index] ?? {};
        if (method !== "eth_getBlockByNumber" || at !== "finalized") return reply;
        return { ...reply, result: { number: "0x50", timestamp: `0x${(node.truth.time - 20).toString(16)}` } };
      });
    const accounts = [tokenKey(RICH, POOR)];
    using pool = openPool([node.url], { accounts, plan: { chainId, block: "finalized" } });
    const result = await pollOnce(pool.network, pool.limits);
    assert.deepEqual([result.block?.number, weiOf(result)], [80n, [80n]]);
  }
});

Deno.test("a strategy is trusted at a tag whose block grows older meanwhile", async () => {
  await using node = startFakeNode({ overrides: true, balances: BALANCES });
  using pool = openPool([node.url], { accounts: ACCOUNTS, plan: { chainId: 1, block: "finalized" } });
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.deepEqual(methodsOf(node), ["call", "getBlockByNumber", "getBalance"]);
  node.truth.block++;
  node.truth.time++;
  assert.deepEqual(weiOf(await pollOnce(pool.network, pool.limits)), RIGHT);
  assert.deepEqual(methodsOf(node), ["call"]);
});

Deno.test("a comparison that hangs leaves time to read by the next strategy", async () => {
  await using node = startFakeNode({ overrides: true, balances: BALANCES });
  node.truth.instead = (request) =>
    !request.isBatch && asksPlainly(request) && request.items[0]?.params[1] !== "latest" ? silence(request) : undefined;
  const clock = createRunningClock(TIMEOUT);
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, timeout: TIMEOUT, plan: { chainId: 1 } });
  using deadline = startDeadline(clock, TIMEOUT + 1);
  assert.deepEqual(weiOf(await pollOnce(pool.network, { ...pool.limits, deadline })), RIGHT);
});
