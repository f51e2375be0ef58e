import assert from "node:assert/strict";
import type { Outcome } from "../../../src/model/source.ts";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import { type FakeNode, type Item, type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool, type PoolOptions } from "../../fakes/open_pool.ts";

const INTERVAL = 1000;
const ACCOUNTS = accountsOf(3);
const BALANCES = new Map(ACCOUNTS.map((address, index) => [address, 10n ** 18n + BigInt(index)]));

function isAllowed(methods: readonly string[]): (item: Item) => boolean {
  return ({ method }) => methods.includes(method);
}

const NOT_FOUND = { code: -32601, message: "the method does not exist/is not available" };

/** As a node that has state at `latest` only, whatever is asked of it. */
function refuseNumbers({ items, isBatch }: SeenRequest): Response | undefined {
  const hasNumber = items.some(({ method, params }) => method === "eth_getBalance" && params[1] !== "latest");
  if (!hasNumber && items.every(({ method }) => method !== "eth_call")) return undefined;
  const error = { code: -32602, message: "QUANTITY not supported, just support TAG as latest" };
  const replies = items.map(({ id }) => ({ jsonrpc: "2.0", id, error }));
  return Response.json(isBatch ? replies : replies[0]);
}

function open(node: FakeNode, options: Partial<PoolOptions> = {}): OpenPool {
  return openPool([node.url], { accounts: ACCOUNTS, clock: createRunningClock(), interval: INTERVAL, ...options });
}

function weiOf(outcomes: readonly Outcome[]): readonly unknown[] {
  return outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

function methodsOf({ seen }: FakeNode): readonly string[] {
  return seen.map(({ items }) => items.map(({ method, params }) => `${method} ${params[1] ?? ""}`.trim()).join());
}

function strategyOf({ endpoints: [report] }: ListedPoll): unknown {
  return report?.strategy;
}

Deno.test("L1: a node that has state at latest only is read between two heads, with their block", async () => {
  await using node = startFakeNode({ balances: BALANCES, instead: refuseNumbers });
  using pool = open(node);
  const first = await pollOnce(pool.network, pool.limits);
  assert.deepEqual([weiOf(first.outcomes), first.block?.number], [[...BALANCES.values()], 100n]);
  assert.equal(strategyOf(first), "latest");
  node.seen.length = 0;
  await pollOnce(pool.network, pool.limits);
  const head = "eth_chainId,eth_getBlockByNumber false";
  const balances = ["eth_chainId", ...ACCOUNTS.map(() => "eth_getBalance latest")].join();
  assert.deepEqual(methodsOf(node), [head, balances, head]);
});

/** Has the head move on at some of its looks. */
function moveHead(node: FakeNode, moves: readonly boolean[]): void {
  let looks = 0;
  node.truth.instead = (request) => {
    const isHead = request.items.some(({ method }) => method === "eth_getBlockByNumber");
    if (isHead && moves[looks++] === true) node.truth.block++;
    return refuseNumbers(request);
  };
}

Deno.test("L1: where the head moves meanwhile the balances are read again, up to twice, else they have no block", async () => {
  await using node = startFakeNode({ balances: BALANCES, instead: refuseNumbers });
  using pool = open(node);
  await pollOnce(pool.network, pool.limits);
  for (
    const [moves, reads, block] of [[[false, true, false], 2, 101n], [[false, true, true, true], 3, undefined]] as const
  ) {
    node.seen.length = 0;
    node.truth.block = 100n;
    pool.network.newest = undefined;
    moveHead(node, moves);
    const result = await pollOnce(pool.network, pool.limits);
    assert.deepEqual([weiOf(result.outcomes), result.block?.number], [[...BALANCES.values()], block]);
    assert.equal(methodsOf(node).filter((methods) => methods.includes("eth_getBalance")).length, reads);
    assert.equal(result.chainId, 1);
  }
  node.seen.length = 0;
  moveHead(node, [false, true]);
  await pollOnce(pool.network, pool.limits);
  assert.equal(node.seen.length, 3, "a chain that is too fast is not waited for");
});

Deno.test("L1: with another block than the latest such a node is not read", async () => {
  await using node = startFakeNode({ balances: BALANCES, instead: refuseNumbers });
  for (const block of ["finalized", -3] as const) {
    using pool = open(node, { plan: { block } });
    const { outcomes } = await pollOnce(pool.network, pool.limits);
    assert.ok(outcomes.every((outcome) => typeof outcome === "string"));
    assert.ok(!methodsOf(node).some((methods) => methods.includes("eth_getBalance latest")));
  }
});

Deno.test("L1: a chain that changes between the heads publishes nothing", async () => {
  await using node = startFakeNode({ balances: BALANCES, instead: refuseNumbers });
  using pool = open(node);
  await pollOnce(pool.network, pool.limits);
  let heads = 0;
  node.truth.instead = (request) => {
    if (request.items.some(({ method }) => method === "eth_getBlockByNumber") && ++heads === 2) {
      node.truth.chainId = 137;
    }
    return refuseNumbers(request);
  };
  assert.deepEqual((await pollOnce(pool.network, pool.limits)).outcomes, ACCOUNTS.map(() => "wrong_chain"));
});

/** How an allow-list answers the methods that are not on it. */
const REFUSALS: Readonly<Record<string, (request: SeenRequest) => Response | Promise<Response>>> = {
  "-32601": ({ items, isBatch }) => {
    const replies = items.map(({ id, method }) =>
      method === "eth_getBalance" ? { id, result: "0x7" } : { id, error: NOT_FOUND }
    );
    return Response.json(isBatch ? replies : replies[0]);
  },
  ...Object.fromEntries(
    [400, 401, 403, 404, 405].map((status) => [`HTTP ${status}`, () => new Response("Forbidden", { status })]),
  ),
};

for (const [name, refuse] of Object.entries(REFUSALS)) {
  for (const chainId of [undefined, 5]) {
    Deno.test(`L2: an endpoint that answers eth_getBalance alone is read: ${name}, chain ${chainId}`, async () => {
      const clock = createRunningClock();
      await using node = startFakeNode({ balances: new Map(ACCOUNTS.map((address) => [address, 7n])) });
      const isListed = isAllowed(["eth_getBalance"]);
      node.truth.instead = (request) => request.items.every(isListed) ? undefined : refuse(request);
      using pool = open(node, { clock, plan: chainId === undefined ? {} : { chainId } });
      let polls = 1;
      let result = await pollOnce(pool.network, pool.limits);
      while (typeof result.outcomes[0] === "string" && polls++ < 5) {
        clock.skip(30_000);
        result = await pollOnce(pool.network, pool.limits);
      }
      assert.deepEqual(weiOf(result.outcomes), [7n, 7n, 7n]);
      assert.deepEqual([strategyOf(result), result.block, result.chainId], ["latest", undefined, chainId]);
      clock.skip(INTERVAL);
      node.seen.length = 0;
      await pollOnce(pool.network, pool.limits);
      assert.deepEqual(methodsOf(node), [ACCOUNTS.map(() => "eth_getBalance latest").join()]);
    });
  }
}

Deno.test("L2: an endpoint that reported its chain before is not read without it", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode({ balances: BALANCES, overrides: true });
  using pool = open(node, { clock });
  await pollOnce(pool.network, pool.limits);
  const isListed = isAllowed(["eth_getBalance"]);
  node.truth.instead = (request) => request.items.every(isListed) ? undefined : new Response("", { status: 403 });
  for (let poll = 0; poll < 20; poll++) {
    clock.skip(60_000);
    const { outcomes } = await pollOnce(pool.network, pool.limits);
    assert.ok(outcomes.every((outcome) => typeof outcome === "string"));
  }
});

Deno.test("L2: of several endpoints one that reports no chain is not read where others do", async () => {
  await using node = startFakeNode({ balances: BALANCES });
  await using silent = startFakeNode({ balances: new Map(ACCOUNTS.map((address) => [address, 99n])) });
  const isListed = isAllowed(["eth_getBalance"]);
  silent.truth.instead = (request) => request.items.every(isListed) ? undefined : REFUSALS["HTTP 403"]?.(request);
  const clock = createRunningClock();
  using pool = openPool([silent.url, node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL });
  for (let poll = 0; poll < 5; poll++) {
    assert.deepEqual(weiOf((await pollOnce(pool.network, pool.limits)).outcomes), [...BALANCES.values()]);
    clock.skip(INTERVAL);
  }
});

for (const [name, refuse] of Object.entries(REFUSALS).filter(([name]) => name !== "-32601")) {
  Deno.test(`L2: where batches and eth_call are refused it is one balance a request: ${name}`, async () => {
    const clock = createRunningClock();
    await using node = startFakeNode({ balances: BALANCES });
    node.truth.instead = (request) =>
      request.isBatch || request.items.some(({ method }) => method === "eth_call") ? refuse(request) : undefined;
    using pool = open(node, { clock });
    let polls = 1;
    let result = await pollOnce(pool.network, pool.limits);
    while (typeof result.outcomes[0] === "string" && polls++ < 5) {
      clock.skip(30_000);
      result = await pollOnce(pool.network, pool.limits);
    }
    assert.deepEqual(weiOf(result.outcomes), [...BALANCES.values()]);
    assert.match(String(strategyOf(result)), /^(single|latest)$/);
  });
}
