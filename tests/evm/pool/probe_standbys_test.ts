import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { type Reason, RpcError } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool, type TestPlan } from "../../fakes/open_pool.ts";
import { type Item, type LocalNode, startLocalNode } from "../../fakes/fake_node.ts";

const ACCOUNTS = accountsOf(3);
const [FIRST = ""] = ACCOUNTS;
/** A chain that nothing is known of. */
const CHAIN = 4242;
const USED = "127.0.0.1:9001";

interface Probed extends Disposable {
  readonly pool: OpenPool;
  readonly node: LocalNode;
  readonly clock: FakeClock;
  /** Probes all that are due, and returns the requests. */
  probe(used?: string): Promise<readonly string[]>;
}

interface Options {
  readonly endpoints?: number;
  readonly interval?: number;
  readonly plan?: TestPlan;
  readonly accounts?: readonly string[];
  readonly answer?: (call: Item, clock: FakeClock) => unknown;
}

function answerWell({ method, params: [first] }: Item, clock: FakeClock): unknown {
  if (method === "eth_chainId") return "0x1092";
  if (method !== "eth_getBlockByNumber") return "0x7";
  const number = String(first).startsWith("0x") ? first : "0x64";
  return { number, timestamp: `0x${Math.floor(clock.epoch()).toString(16)}`, hash: `0x${"0".repeat(64)}` };
}

function open(
  { endpoints = 2, interval = 60_000, plan = {}, accounts = ACCOUNTS, answer = answerWell }: Options = {},
): Probed {
  const clock = createFakeClock();
  const urls = Array.from({ length: endpoints }, (_, index) => `http://127.0.0.1:${9001 + index}/`);
  const pool = openPool(urls, { accounts, clock, interval, strategy: "batch", plan: { chainId: CHAIN, ...plan } });
  const node = startLocalNode({ answer: (call) => answer(call, clock) });
  for (const { selector } of pool.network.endpoints) {
    // How it ignores blocks was found out before.
    Object.assign(selector.blockChecks.balance, { at: clock.now() });
    Object.assign(selector, { chainMethod: "answered" });
  }
  return {
    pool,
    node,
    clock,
    async probe(used: string = USED): Promise<readonly string[]> {
      const before = node.seen.length;
      pool.network.startedAt = clock.now();
      await probeStandbys(pool.network, used, pool.limits);
      return node.seen.slice(before).flatMap(({ items }) => items).map(({ method, params }) =>
        [method, params[0] ?? ""].join(" ").trim()
      );
    },
    [Symbol.dispose](): void {
      node[Symbol.dispose]();
      pool[Symbol.dispose]();
    },
  };
}

const isBalance = (call: string): boolean => call.startsWith("eth_getBalance");

Deno.test("probeStandbys() reads one balance of each endpoint that was not read from", async () => {
  using probed = open({ endpoints: 3 });
  const asked = await probed.probe();
  assert.deepEqual(new Set(asked), new Set(["eth_chainId", "eth_getBlockByNumber latest", `eth_getBalance ${FIRST}`]));
  const { endpoints } = probed.pool.network;
  assert.deepEqual(endpoints.map(({ observed }) => observed?.head.chainId), [undefined, CHAIN, CHAIN]);
  assert.deepEqual(endpoints.map(({ breaker }) => breaker.worked), [false, true, true]);
  assert.deepEqual(endpoints.map(({ probedAt }) => probedAt), [-Infinity, 1000, 1000]);
});

Deno.test("probeStandbys() probes once a minute, or once a poll where these are longer, a little early at most", async () => {
  for (const [interval, pause] of [[1000, 59_950], [60_000, 57_000], [100_000, 95_000]] as const) {
    using probed = open({ interval });
    assert.ok((await probed.probe()).some(isBalance));
    await probed.clock.advance(pause - 1);
    assert.deepEqual(await probed.probe(), [], `${interval}`);
    await probed.clock.advance(1);
    assert.ok((await probed.probe()).some(isBalance), `${interval}`);
  }
});

Deno.test("probeStandbys() probes nothing of an only endpoint, of a quorum, without an account, or while the chain is not known", async () => {
  const rows: readonly Options[] = [
    { endpoints: 1 },
    { plan: { quorum: 2 } },
    { accounts: [] },
    // It has no coin.
    { plan: { chainId: 4217 } },
  ];
  for (const options of rows) {
    using probed = open(options);
    assert.deepEqual(await probed.probe("another"), [], JSON.stringify(options));
  }
  using probed = open();
  probed.pool.network.chainId = undefined;
  assert.deepEqual(await probed.probe(), []);
});

Deno.test("probeStandbys() skips a paused endpoint", async () => {
  using probed = open();
  const [, other] = probed.pool.network.endpoints;
  assert.ok(other !== undefined);
  other.breaker.openUntil = probed.clock.now() + 1;
  assert.deepEqual(await probed.probe(), []);
  other.breaker.openUntil = probed.clock.now();
  assert.ok((await probed.probe()).some(isBalance));
});

Deno.test("probeStandbys() calls eth_chainId first where an endpoint failed", async () => {
  using probed = open({ answer: (call, clock) => call.method === "eth_chainId" ? "0x5" : answerWell(call, clock) });
  const [, other] = probed.pool.network.endpoints;
  assert.ok(other !== undefined);
  other.breaker.needsProbe = true;
  assert.deepEqual(await probed.probe(), ["eth_chainId"]);
  assert.equal(other.breaker.failure?.reason, "wrong_chain");
});

Deno.test("probeStandbys() compares the first block", async () => {
  using probed = open({ plan: { genesis: "0x01" } });
  assert.deepEqual(await probed.probe(), ["eth_getBlockByNumber 0x0"]);
  assert.equal(probed.pool.network.endpoints[1]?.breaker.failure?.reason, "wrong_chain");
});

Deno.test("probeStandbys() notes how an endpoint fails", async () => {
  const rows: readonly [recordError: () => unknown, reason: Reason, message: RegExp][] = [
    [() => new Error("missing trie node"), "state_unavailable", /missing trie node/],
    [() => new Error("boo"), "rpc_error", /boo/],
    [() => new Response("", { status: 500 }), "http_server", /500/],
  ];
  for (const size of [100, 1]) {
    for (const [fault, reason, message] of rows) {
      using probed = open({
        answer(call, clock): unknown {
          if (call.method === "eth_getBalance") throw fault();
          return answerWell(call, clock);
        },
      });
      for (const { selector } of probed.pool.network.endpoints) selector.sizes.batch.size = size;
      await probed.probe();
      const [first, other] = probed.pool.network.endpoints;
      assert.deepEqual([first?.breaker.failure, other?.breaker.failure?.reason], [undefined, reason]);
      assert.match(other?.breaker.failure?.message ?? "", message);
    }
  }
});

Deno.test("probeStandbys() notes that a balance did not fit a batch", async () => {
  using probed = open({
    answer(call, clock): unknown {
      if (call.method === "eth_getBalance") throw new Error("returned data is too long");
      return answerWell(call, clock);
    },
  });
  await probed.probe();
  const failure = probed.pool.network.endpoints[1]?.breaker.failure;
  assert.deepEqual([failure?.reason, failure?.message], ["too_large", "no balance was read"]);
});

Deno.test("probeStandbys() notes that an endpoint is on another chain", async () => {
  using probed = open({ answer: (call, clock) => call.method === "eth_chainId" ? "0x5" : answerWell(call, clock) });
  await probed.probe();
  const [, other] = probed.pool.network.endpoints;
  assert.deepEqual([other?.observed, other?.breaker.failure?.reason], [undefined, "wrong_chain"]);
});

Deno.test("probeStandbys() updates the head status of all endpoints with a head and without failures", async () => {
  using probed = open({ endpoints: 3 });
  const { network } = probed.pool;
  const [first, , last] = network.endpoints;
  assert.ok(first !== undefined && last !== undefined);
  const block = { number: 1n, time: probed.clock.epoch() - 60 };
  const seen = { head: { chainId: CHAIN, block }, at: probed.clock.now(), since: probed.clock.now() };
  for (const failure of [undefined, new RpcError("connect", "it is down")]) {
    Object.assign(first, { observed: seen, headStatus: "fresh" });
    first.breaker.failure = failure;
    Object.assign(network.endpoints[1] ?? {}, { probedAt: -Infinity });
    await probed.probe();
    assert.equal(first.headStatus, failure === undefined ? "lagging" : "fresh");
  }
  assert.equal(last.headStatus, "fresh");
  // Nothing is said of one that was never seen.
  Object.assign(first, { observed: undefined, headStatus: "lagging" });
  first.breaker.failure = undefined;
  await probed.probe();
  assert.equal(first.headStatus, "lagging");
});

Deno.test("probeStandbys() reads the block that is configured", async () => {
  for (const [block, tag] of [["finalized", "finalized"], [-3, "latest"]] as const) {
    using probed = open({ plan: { block } });
    assert.ok((await probed.probe()).includes(`eth_getBlockByNumber ${tag}`));
  }
});

Deno.test("probeStandbys() reads an endpoint with state at its latest block only without a block number", async () => {
  for (const [block, isRead] of [["latest", true], ["finalized", false], [-3, false]] as const) {
    using probed = open({ plan: { block } });
    const [, other] = probed.pool.network.endpoints;
    assert.ok(other !== undefined);
    other.selector.strategy = "latest";
    await probed.probe();
    assert.equal(other.breaker.failure === undefined, isRead);
  }
});

Deno.test("probeStandbys() accepts the failure of a token's contract as an answer", async () => {
  const token = `0x${"f".repeat(40)}`;
  using probed = open({
    accounts: ACCOUNTS.map((holder) => `${token}/${holder}`),
    answer(call, clock): unknown {
      if (call.method === "eth_call") throw new Error("execution reverted");
      return answerWell(call, clock);
    },
  });
  assert.ok((await probed.probe()).some((call) => call.startsWith("eth_call")));
  const [, other] = probed.pool.network.endpoints;
  assert.deepEqual([other?.breaker.failure, other?.breaker.worked], [undefined, true]);
});

Deno.test("probeStandbys() does not take a fault of ours for an endpoint's", async () => {
  using probed = open({ plan: { genesis: "0x01" } });
  Object.defineProperty(probed.pool.network.plan, "genesis", { value: 5 });
  await assert.rejects(probed.probe(), { message: /toLowerCase/ });
});
