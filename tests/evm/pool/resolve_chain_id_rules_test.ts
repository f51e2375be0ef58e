import assert from "node:assert/strict";
import { resolveChainId } from "../../../src/evm/pool/resolve_chain_id.ts";
import type { PoolEndpoint } from "../../../src/evm/pool/pool_endpoint.ts";
import type { ChainMethod } from "../../../src/evm/strategies/strategy_selector.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { startLocalNodes } from "../../fakes/fake_node.ts";
import { accountsOf, type OpenPool, openPool, type TestPlan } from "../../fakes/open_pool.ts";

const [ACCOUNT = ""] = accountsOf(1);

/** What an endpoint answers to `eth_chainId`: a chain, an error's text, or a status. */
interface Node {
  readonly chain: number | string;
  readonly status?: number;
  readonly reportedChainId?: number;
  readonly method?: ChainMethod;
  readonly resting?: true;
  readonly failure?: RpcError;
}

/** A pool of endpoints that answer so, and what was asked of them. */
interface Opened extends Disposable {
  readonly pool: OpenPool;
  readonly asked: readonly string[];
  readonly endpoints: readonly PoolEndpoint[];
  agree(): Promise<RpcError | undefined>;
}

function open(nodes: readonly Node[], plan: TestPlan = {}): Opened {
  const clock = createFakeClock();
  const asked: string[] = [];
  const local = startLocalNodes(nodes.map(({ chain = "", status = 200 }, place) => ({
    answer({ method, params }): unknown {
      asked.push([place, method, params[0] ?? ""].join(" ").trim());
      if (status !== 200) throw new Response("", { status });
      if (method === "eth_getBalance") return "0x7";
      if (typeof chain !== "number") throw new Error(chain);
      return `0x${chain.toString(16)}`;
    },
  })));
  const pool = openPool(local.urls, {
    accounts: [ACCOUNT],
    clock,
    plan,
  });
  const { endpoints } = pool.network;
  for (const [index, { reportedChainId, method = "unasked", resting, failure }] of nodes.entries()) {
    const poolEndpoint = endpoints[index];
    assert.ok(poolEndpoint !== undefined);
    Object.assign(poolEndpoint, { reportedChainId });
    poolEndpoint.selector.chainMethod = method;
    Object.assign(poolEndpoint.breaker, { failure, openUntil: resting ? clock.now() + 1 : clock.now() });
  }
  return {
    pool,
    asked,
    endpoints,
    agree: () => resolveChainId(pool.network, pool.limits),
    [Symbol.dispose](): void {
      local[Symbol.dispose]();
      pool[Symbol.dispose]();
    },
  };
}

Deno.test("resolveChainId() sends nothing where the chain is known, or to an only endpoint", async () => {
  for (const [nodes, plan] of [[[{ chain: 5 }, { chain: 5 }], { chainId: 5 }], [[{ chain: 5 }], {}]] as const) {
    using opened = open(nodes, plan);
    assert.deepEqual([await opened.agree(), opened.asked], [undefined, []]);
  }
});

Deno.test("resolveChainId() uses the chain that more than half report", async () => {
  for (
    const [chains, chainId] of [
      [[5, 5], 5],
      [[5, 5, 7], 5],
      [[7, 5, 5], 5],
      [[5, 7], undefined],
      [[5, 5, 7, 7], undefined],
      [[5, 5, 6, 7], undefined],
      [[5, "boo"], 5],
    ] as const
  ) {
    using opened = open(chains.map((chain) => ({ chain })));
    const failure = await opened.agree();
    assert.deepEqual([opened.pool.network.chainId, failure?.reason], [chainId, chainId ? undefined : "wrong_chain"]);
    assert.equal(opened.asked.length, chains.length);
  }
});

Deno.test("resolveChainId() counts what an endpoint that is silent reported before", async () => {
  using opened = open([{ chain: 5 }, { chain: "boo", reportedChainId: 7 }]);
  const failure = await opened.agree();
  assert.deepEqual([opened.pool.network.chainId, failure?.reason], [undefined, "wrong_chain"]);
  assert.match(failure?.message ?? "", /report chain ids 5 and 7, and none is configured/);
});

Deno.test("resolveChainId() marks endpoints while the chain is undecided", async () => {
  using opened = open([{ chain: 5 }, { chain: 7 }, { chain: "boo", reportedChainId: 5 }, {
    chain: 7,
    status: 503,
    reportedChainId: 7,
  }]);
  await opened.agree();
  assert.deepEqual(opened.endpoints.map(({ breaker }) => breaker.failure?.reason), [
    "wrong_chain",
    "wrong_chain",
    "rpc_error",
    "http_server",
  ]);
  assert.equal(opened.pool.count("wrong_chain"), 2);
});

Deno.test("resolveChainId() records that an endpoint is healthy, or how it fails", async () => {
  using opened = open([{ chain: 5, failure: new RpcError("lagging", "behind") }, { chain: "boo" }]);
  assert.equal(await opened.agree(), undefined);
  assert.deepEqual(opened.endpoints.map(({ reportedChainId }) => reportedChainId), [5, undefined]);
  assert.deepEqual(opened.endpoints.map(({ breaker }) => breaker.failure?.reason), [undefined, "rpc_error"]);
});

Deno.test("resolveChainId() reports why no endpoint reports a chain", async () => {
  using all = open([{ chain: "boo" }, { chain: 1, status: 503 }]);
  assert.equal((await all.agree())?.reason, "rpc_error");
  // Resting endpoints keep the reason they rest for.
  const failure = new RpcError("quota", "used up");
  using resting = open([{ chain: 5, resting: true, failure }, { chain: 5, resting: true }]);
  assert.deepEqual([await resting.agree(), resting.asked], [failure, []]);
});

Deno.test("resolveChainId() skips a paused endpoint", async () => {
  using opened = open([{ chain: 7, resting: true }, { chain: 5 }]);
  assert.equal(await opened.agree(), undefined);
  assert.deepEqual([opened.pool.network.chainId, opened.asked], [5, ["1 eth_chainId"]]);
});

Deno.test("L2: a chain stays unknown where some endpoints never report it and no other does", async () => {
  using opened = open([{ chain: 5, method: "waived" }, { chain: "boo" }]);
  assert.deepEqual([await opened.agree(), opened.pool.network.chainId], [undefined, undefined]);
  assert.deepEqual(opened.asked, ["1 eth_chainId"]);
  using other = open([{ chain: 5, method: "waived" }, { chain: 5 }, { chain: 7 }]);
  assert.equal((await other.agree())?.reason, "wrong_chain");
  assert.equal(other.endpoints[0]?.breaker.failure, undefined);
});

Deno.test("L2: a chain id that failed before is requested after a balance", async () => {
  using opened = open([{ chain: 5, method: "failed" }, { chain: "boo", method: "failed", reportedChainId: 5 }]);
  assert.deepEqual([await opened.agree(), opened.pool.network.chainId], [undefined, 5]);
  assert.deepEqual(
    new Set(opened.asked),
    new Set([0, 1].flatMap((place) => [
      `${place} eth_getBalance ${ACCOUNT}`,
      `${place} eth_chainId`,
    ])),
  );
  assert.deepEqual(opened.endpoints.map(({ reportedChainId, selector }) => [reportedChainId, selector.chainMethod]), [
    [5, "answered"],
    [5, "waived"],
  ]);
});

Deno.test("resolveChainId() reads chain ids alone where there is no account", async () => {
  using opened = open([{ chain: 5, method: "failed" }, { chain: 5, method: "failed" }], { accounts: [] });
  assert.deepEqual([await opened.agree(), opened.pool.network.chainId], [undefined, 5]);
  assert.deepEqual(opened.asked, ["0 eth_chainId", "1 eth_chainId"]);
});

Deno.test("resolveChainId() does not take a fault of ours for an endpoint's", async () => {
  using opened = open([{ chain: 5, method: "failed" }, { chain: 5 }]);
  Object.defineProperty(opened.pool.network.plan, "accounts", {
    get(): never {
      throw new RangeError("boo");
    },
  });
  await assert.rejects(opened.agree(), RangeError);
});
