import assert from "node:assert/strict";
import type { Outcome } from "../../../src/model/source.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { NO_BATCH_REFUSALS, type Refuse, SIZE_REFUSALS } from "../../fakes/batch_refusals.ts";
import { type FakeNode, type FakeReply, type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { createRandom } from "../../fakes/random.ts";

const COIN = 10n ** 18n;

function balancesOf(accounts: readonly string[]): Map<string, bigint> {
  return new Map(accounts.map((address, index) => [address, BigInt(index + 1) * COIN + BigInt(index)]));
}

/** A pool of one endpoint that is read in batches. */
function openBatch(url: string, accounts: readonly string[], timeout?: number): OpenPool {
  return openPool([url], { accounts, strategy: "batch", ...(timeout === undefined ? {} : { timeout }) });
}

/** How many balances each batch had; 0 for the head. */
function sizes({ seen }: FakeNode): readonly number[] {
  return seen.map(({ items }) => items.filter(({ method }) => method === "eth_getBalance").length);
}

function weiOf(outcomes: readonly Outcome[]): readonly unknown[] {
  return outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

function assertAllRight(outcomes: readonly Outcome[], accounts: readonly string[], node: FakeNode): void {
  assert.deepEqual(weiOf(outcomes), accounts.map((address) => node.truth.balances.get(address)));
}

Deno.test("1,000 wallets are one head request and 11 batches, at one block, each with the chain id", async () => {
  const accounts = accountsOf(1000);
  await using node = startFakeNode({ limit: 100, balances: balancesOf(accounts) });
  using opened = openBatch(node.url, accounts);
  for (let poll = 0; poll < 2; poll++) {
    node.seen.length = 0;
    const { outcomes, block } = await pollOnce(opened.network, opened.limits);
    assertAllRight(outcomes, accounts, node);
    assert.equal(block?.number, 100n);
    // Once it is asked for a block that it cannot have.
    if (poll === 0) assert.equal(node.seen.pop()?.items.length, 1);
    assert.equal(node.seen.length, 12);
    const [first, ...batches] = node.seen;
    assert.deepEqual(first?.items.map(({ method }) => method), ["eth_chainId", "eth_getBlockByNumber"]);
    for (const { items } of batches) {
      assert.ok(items.length <= 100);
      assert.equal(items[0]?.method, "eth_chainId");
      const blocks = items.slice(1).map(({ method, params }) => `${method} ${params[1]}`);
      assert.deepEqual([...new Set(blocks)], ["eth_getBalance 0x64"]);
    }
  }
});

/** Corrupts the answers of a batch: what it does to the ids and the order must never move a balance to another wallet. */
const MANGLES: Readonly<
  Record<string, (replies: readonly FakeReply[], random: ReturnType<typeof createRandom>) => unknown>
> = {
  shuffled: (replies, random) => random.shuffle(replies),
  dropped: (replies, random) => replies.filter((_, index) => index === 0 || random.below(10) > 0),
  doubled: (replies, random) => random.shuffle([...replies, ...replies.slice(0, 20)]),
  "re-numbered": (replies, random) =>
    replies.map((reply, index) => index > 0 && random.below(4) === 0 ? { ...reply, id: Number(reply.id) + 1 } : reply),
  "without ids": (replies) => replies.map(({ result }) => ({ result })),
};

for (const [name, mangle] of Object.entries(MANGLES)) {
  Deno.test(`answers ${name} give no wallet another one's balance`, async () => {
    const accounts = accountsOf(1000);
    const random = createRandom(7);
    await using node = startFakeNode({ limit: 100, balances: balancesOf(accounts) });
    node.truth.mangle = (replies, { items }) => items.length > 2 ? mangle(replies, random) : replies;
    using opened = openBatch(node.url, accounts);
    const { outcomes } = await pollOnce(opened.network, opened.limits);
    assert.equal(outcomes.length, 1000);
    let read = 0;
    for (const [index, outcome] of outcomes.entries()) {
      if (typeof outcome === "string") {
        assert.match(outcome, /^(missing|integrity)$/);
        continue;
      }
      assert.equal(outcome.amount, node.truth.balances.get(accounts[index] ?? ""), `wallet ${index}`);
      read++;
    }
    if (name === "shuffled" || name === "doubled") assert.equal(read, 1000);
    if (name === "dropped" || name === "re-numbered") assert.ok(read > 0 && read < 1000, `${read} read`);
    if (name === "without ids") assert.equal(read, 0);
  });
}

for (const [shape, refuse] of Object.entries({ ...SIZE_REFUSALS, ...NO_BATCH_REFUSALS })) {
  Deno.test(`a limit refused is learned once: ${shape}`, async (t) => {
    for (const limit of [1, 2, 3, 10, 20, 50, 100]) await t.step(`${limit}`, () => assertLearned(limit, refuse));
  });
}

async function assertLearned(limit: number, refuse: Refuse): Promise<void> {
  const accounts = accountsOf(150);
  await using node = startFakeNode({ limit, refuse, balances: balancesOf(accounts) });
  using opened = openBatch(node.url, accounts);
  const refused = (): number => node.seen.filter(({ items }) => items.length > limit).length;
  const first = await pollOnce(opened.network, opened.limits);
  assertAllRight(first.outcomes, accounts, node);
  assert.ok(refused() <= Math.ceil(Math.log2(100 / limit)) + 1, `${refused()} requests were wasted`);
  node.seen.length = 0;
  const second = await pollOnce(opened.network, opened.limits);
  assertAllRight(second.outcomes, accounts, node);
  assert.equal(refused(), 0, "the size was not remembered");
  assert.equal(second.endpoints[0]?.strategy, opened.poolEndpoint.selector.sizes.batch.size === 1 ? "single" : "batch");
}

Deno.test("an overload never makes batches smaller", async () => {
  const accounts = accountsOf(50);
  const overloads: readonly (() => Response)[] = [
    () =>
      Response.json({ jsonrpc: "2.0", id: null, error: { code: -32005, message: "server overloaded" } }, {
        status: 503,
      }),
    () => Response.json({ jsonrpc: "2.0", id: null, error: { code: -32005, message: "limit exceeded" } }),
    () => Response.json({ jsonrpc: "2.0", id: null, error: { code: -32603, message: "Internal error" } }),
    () => new Response("<html>Bad gateway</html>", { status: 502 }),
    () => new Response("slow down", { status: 429 }),
  ];
  const clock = createRunningClock();
  await using node = startFakeNode({ balances: balancesOf(accounts) });
  using opened = openPool([node.url], { accounts, clock, strategy: "batch" });
  for (const overload of overloads) {
    node.truth.instead = (request) => request.items.length > 2 ? overload() : undefined;
    const { outcomes } = await pollOnce(opened.network, opened.limits);
    assert.ok(outcomes.every((outcome) => typeof outcome === "string"));
    clock.skip(61_000);
    assert.equal(opened.poolEndpoint.selector.sizes.batch.size, 100);
  }
  node.truth.instead = undefined;
  assertAllRight((await pollOnce(opened.network, opened.limits)).outcomes, accounts, node);
});

Deno.test("a batch that reports another chain publishes nothing of it", async () => {
  const accounts = accountsOf(300);
  await using node = startFakeNode({ balances: balancesOf(accounts) });
  using opened = openBatch(node.url, accounts);
  await pollOnce(opened.network, opened.limits);
  let batches = 0;
  node.truth.mangle = (replies, { items }) =>
    items.length > 2 && ++batches === 2
      ? replies.map((reply, index) => index === 0 ? { ...reply, result: "0x89" } : reply)
      : replies;
  const { outcomes } = await pollOnce(opened.network, opened.limits);
  assert.equal(outcomes.filter((outcome) => outcome === "wrong_chain").length, 75);
  assert.equal(outcomes.filter((outcome) => typeof outcome === "object").length, 225);
  assert.deepEqual(opened.faults, ["wrong_chain"]);
});

Deno.test("an endpoint that changes to another chain publishes nothing", async () => {
  const accounts = accountsOf(3);
  await using node = startFakeNode({ balances: balancesOf(accounts) });
  using opened = openBatch(node.url, accounts);
  await pollOnce(opened.network, opened.limits);
  node.truth.chainId = 137;
  const { outcomes, failure } = await pollOnce(opened.network, opened.limits);
  assert.deepEqual(outcomes, ["wrong_chain", "wrong_chain", "wrong_chain"]);
  assert.equal(
    failure?.message,
    "the node reports chain id 137, it was 1 before: if the chain changed its id, restart the exporter or set chainId",
  );
  assert.equal(sizes(node).at(-1), 0, "balances were asked of the wrong chain");
});

Deno.test("a poll without batches reads the chain before and after, and both must agree", async () => {
  const accounts = accountsOf(3);
  await using node = startFakeNode({ limit: 1, balances: balancesOf(accounts) });
  using opened = openBatch(node.url, accounts);
  await pollOnce(opened.network, opened.limits);
  node.seen.length = 0;
  assertAllRight((await pollOnce(opened.network, opened.limits)).outcomes, accounts, node);
  const methods = node.seen.map(({ items }) => items[0]?.method);
  assert.deepEqual(methods, [
    "eth_chainId",
    "eth_getBlockByNumber",
    "eth_getBalance",
    "eth_getBalance",
    "eth_getBalance",
    "eth_chainId",
  ]);
  assert.ok(node.seen.every(({ isBatch }) => !isBatch));
  let asked = 0;
  node.truth.mangle = (replies, { items }: SeenRequest) =>
    items[0]?.method === "eth_chainId" && ++asked === 2
      ? replies.map((reply) => ({ ...reply, result: "0x89" }))
      : replies;
  assert.deepEqual((await pollOnce(opened.network, opened.limits)).outcomes, [
    "wrong_chain",
    "wrong_chain",
    "wrong_chain",
  ]);
});

Deno.test("nothing is read at an invalid head", async () => {
  const accounts = accountsOf(2);
  const heads: readonly [unknown, string][] = [[null, "state_unavailable"], [{}, "bad_value"], [
    { number: "0x1" },
    "bad_value",
  ], ["0x1", "bad_value"]];
  await using node = startFakeNode({ balances: balancesOf(accounts) });
  using opened = openBatch(node.url, accounts);
  for (const [result, reason] of heads) {
    node.truth.mangle = (replies) => replies.map((reply, index) => index === 1 ? { ...reply, result } : reply);
    const { outcomes, block } = await pollOnce(opened.network, opened.limits);
    assert.deepEqual([outcomes, block], [[reason, reason], undefined]);
  }
});

Deno.test("a node that never answers ends the pollOnce at the request's deadline", async () => {
  const silent = Promise.withResolvers<Response>();
  const accounts = accountsOf(2);
  await using node = startFakeNode({ instead: () => silent.promise });
  using opened = openBatch(node.url, accounts, 100);
  const { outcomes } = await pollOnce(opened.network, opened.limits);
  assert.deepEqual(outcomes, ["timeout", "timeout"]);
  silent.resolve(new Response());
});

Deno.test("what is counted of a request: its calls by method, and each reason once", async () => {
  const accounts = accountsOf(3);
  await using node = startFakeNode({ balances: balancesOf(accounts) });
  node.truth.mangle = (replies, { items }) =>
    items.length > 2 ? replies.map((reply, index) => index > 1 ? { ...reply, result: "junk" } : reply) : replies;
  using opened = openBatch(node.url, accounts);
  await pollOnce(opened.network, opened.limits);
  const [head, batch] = opened.records;
  assert.deepEqual([...head?.calls ?? []], [["eth_chainId", 1], ["eth_getBlockByNumber", 1]]);
  assert.deepEqual([...batch?.calls ?? []], [["eth_chainId", 1], ["eth_getBalance", 3]]);
  assert.deepEqual([...head?.reasons ?? []], []);
  assert.deepEqual([...batch?.reasons ?? []], ["bad_value"]);
  assert.ok((batch?.sentBytes ?? 0) > 200 && (batch?.receivedBytes ?? 0) > 100);
});

Deno.test("M6: a pollOnce has the words of the last strategy, of all balances and of some", async () => {
  const accounts = accountsOf(3);
  await using node = startFakeNode();
  let failing: readonly string[] = accounts;
  node.truth.mangle = (replies, { items }) =>
    replies.map((reply, index) =>
      failing.includes(String(items[index]?.params[0]))
        ? { id: reply["id"], error: { code: -32000, message: "in maintenance until noon" } }
        : reply
    );
  using opened = openPool([node.url], { accounts, plan: { chainId: 1 } });
  const none = await pollOnce(opened.network, opened.limits);
  assert.equal(none.failure?.message, "-32000: in maintenance until noon");
  failing = accounts.slice(0, 1);
  const some = await pollOnce(opened.network, opened.limits);
  assert.equal(some.outcomes.filter((outcome) => typeof outcome === "object").length, 2);
  assert.deepEqual([some.failure, some.detail], [undefined, "-32000: in maintenance until noon"]);
});

Deno.test("M6: a pollOnce has the words for tokens that fail, by every strategy", async () => {
  const token = `0x${"f".repeat(40)}`;
  const accounts = accountsOf(2);
  for (const strategy of ["packed", "batch"] as const) {
    await using node = startFakeNode({ overrides: true, balances: balancesOf(accounts), tokenAt: () => 9n });
    let calls = 0;
    node.truth.mangle = (replies, { items }) =>
      replies.map((reply, index) =>
        items[index]?.method === "eth_call" && ++calls > (strategy === "packed" ? 1 : 0)
          ? { id: reply["id"], error: { code: -32000, message: "tokens are in maintenance" } }
          : reply
      );
    using pool = openPool([node.url], {
      accounts: [...accounts, `${token}/${accounts[0]}`],
      plan: { chainId: 1 },
      strategy,
    });
    const { failure, detail, outcomes } = await pollOnce(pool.network, pool.limits);
    const values = outcomes.map((outcome) => typeof outcome);
    assert.deepEqual(values, ["object", "object", "string"], strategy);
    assert.deepEqual([failure, detail], [undefined, "-32000: tokens are in maintenance"], strategy);
  }
});

Deno.test("M6: every poll reports how the last strategy failed, and not that another one is not supported", async () => {
  await using node = startFakeNode();
  node.truth.mangle = (replies, { items }) =>
    replies.map((reply, index) =>
      items[index]?.method === "eth_getBalance"
        ? { id: reply["id"], error: { code: -32000, message: "in maintenance until noon" } }
        : reply
    );
  using pool = openPool([node.url], { accounts: accountsOf(2), plan: { chainId: 1 } });
  for (let poll = 0; poll < 8; poll++) {
    const { failure, outcomes } = await pollOnce(pool.network, pool.limits);
    assert.equal(failure?.message, "-32000: in maintenance until noon", `poll ${poll}`);
    assert.deepEqual(outcomes, ["rpc_error", "rpc_error"]);
  }
});
