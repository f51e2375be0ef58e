import assert from "node:assert/strict";
import { readEndpoint } from "../../../src/evm/pool/read_endpoint.ts";
import { type Reason, RpcError } from "../../../src/jsonrpc/errors.ts";
import { createPollProgress, type PollProgress } from "../../../src/evm/pool/poll_progress.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { type Answer, type LocalPool, openLocalPool } from "../../fakes/local_pool.ts";

const CHAIN = 4242;
const NOW = 1_700_000_000;
const HEAD = "chainId,getBlockByNumber";
const BALANCES = "chainId,getBalance,getBalance,getBalance";
const RIGHT = [7n, 7n, 7n];
const TOKEN = `0x${"f".repeat(40)}`;
const COINS = accountsOf(1);
const MIXED = [...COINS, ...accountsOf(2).map((holder) => `${TOKEN}/${holder}`)];

const fail = (method: string, message = "boo"): Answer => (call) => {
  if (call.method === method) throw new Error(message);
};
const status = (code: number, wanted?: string): Answer => ({ method }) => {
  if (wanted === undefined || method === wanted) throw new Response("", { status: code });
};

async function read(
  local: LocalPool,
  options: { lenient?: boolean; progress?: PollProgress } = {},
): Promise<void> {
  const { pool: { network, limits }, progress, clock } = local;
  network.startedAt = clock.now();
  const attempt = { progress, lenient: false, ...options, limits };
  await local.finish(readEndpoint(network, local.endpoint("a"), attempt));
}

function answering(local: LocalPool, answer: Answer): LocalPool {
  Object.assign(local.nodes[0] ?? {}, { answer });
  return local;
}

function weiOf({ progress: { outcomes } }: LocalPool): readonly unknown[] {
  return [...outcomes.values()].map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

function methodsOf({ requests }: LocalPool): readonly string[] {
  return requests.map(({ methods }) => methods);
}

function failed(reason: Reason): { readonly failure: RpcError } {
  return { failure: new RpcError(reason, "") };
}

/** A second endpoint is at the head, which the first is behind. */
function openBehind(seconds: number, plan = {}): LocalPool {
  const local = openLocalPool(2, { plan });
  Object.assign(local.nodes[0] ?? {}, { time: NOW - seconds, block: BigInt(1000 - seconds / 4) });
  const now = local.clock.now();
  local.endpoint("b").observed = {
    head: { chainId: CHAIN, block: { number: 1000n, time: NOW } },
    at: now,
    since: now,
  };
  return local;
}

Deno.test("readEndpoint() reads what is to do, and earns one request for each that gave a balance", async () => {
  using local = openLocalPool(1);
  const poolEndpoint = local.endpoint("a");
  Object.assign(poolEndpoint.breaker, failed("rpc_error"));
  await read(local);
  assert.deepEqual([weiOf(local), methodsOf(local), local.budget], [RIGHT, [HEAD, BALANCES], ["earn 1"]]);
  assert.deepEqual([poolEndpoint.breaker.failure, poolEndpoint.breaker.worked], [undefined, true]);
  assert.equal(poolEndpoint.observed?.head.block.number, 100n);
});

Deno.test("readEndpoint() probes an endpoint that failed first, and sends nothing else where that fails", async () => {
  using local = openLocalPool(1);
  const { breaker } = local.endpoint("a");
  Object.assign(breaker, { ...failed("http_server"), needsProbe: true, openUntil: 1 });
  await read(local);
  assert.deepEqual([weiOf(local), methodsOf(local)], [RIGHT, ["chainId", HEAD, BALANCES]]);
  assert.deepEqual(local.budget, ["earn 1"]);
  using other = answering(openLocalPool(1), status(503));
  Object.assign(other.endpoint("a").breaker, { needsProbe: true });
  await read(other);
  assert.deepEqual(methodsOf(other), ["chainId"]);
  assert.deepEqual(weiOf(other), ["http_server", "http_server", "http_server"]);
  assert.equal(other.endpoint("a").breaker.failure?.reason, "http_server");
  assert.deepEqual(other.budget, []);
});

Deno.test("readEndpoint() keeps the reasons of another endpoint where the probe fails", async () => {
  using local = answering(openLocalPool(1), status(503));
  local.progress.failPending("lagging");
  local.endpoint("a").breaker.needsProbe = true;
  await read(local);
  assert.deepEqual(weiOf(local), ["lagging", "lagging", "lagging"]);
});

Deno.test("readEndpoint() pays a probe that is answered where balances are not, and knows that it misleads", async () => {
  using local = answering(openLocalPool(1), fail("eth_getBalance"));
  const { breaker } = local.endpoint("a");
  breaker.needsProbe = true;
  await read(local);
  assert.deepEqual([local.budget, breaker.probeMisleading], [["spend 1"], true]);
  using unprobed = answering(openLocalPool(1), fail("eth_getBalance"));
  await read(unprobed);
  assert.deepEqual([unprobed.budget, unprobed.endpoint("a").breaker.probeMisleading], [[], false]);
});

Deno.test("readEndpoint() reads the chain first where it is unknown, and does not trust the EVM alone", async () => {
  const packed = { strategy: "packed", proven: false, chainMethod: "unasked" } as const;
  for (
    const [known, chainId, isAsked] of [
      [packed, undefined, true],
      [packed, CHAIN, false],
      [{ ...packed, proven: true }, undefined, false],
      [{ ...packed, chainMethod: "failed" }, undefined, false],
    ] as const
  ) {
    using local = answering(openLocalPool(1, { plan: { chainId: undefined } }), fail("eth_call"));
    local.pool.network.chainId = chainId;
    Object.assign(local.endpoint("a").selector, known);
    await read(local);
    assert.equal(methodsOf(local)[0], isAsked ? "chainId" : "call", JSON.stringify(known));
  }
});

Deno.test("readEndpoint() goes on where eth_chainId is refused, and not where there is no answer", async () => {
  for (
    const [answer, goesOn] of [
      [fail("eth_chainId"), true],
      [status(404, "eth_chainId"), true],
      [status(401, "eth_chainId"), true],
      [(({ method }) => method === "eth_chainId" ? "boo" : undefined) as Answer, true],
      [status(503, "eth_chainId"), false],
      [status(429, "eth_chainId"), false],
    ] as const
  ) {
    using local = answering(openLocalPool(1, { plan: { chainId: undefined } }), answer);
    Object.assign(local.endpoint("a").selector, { strategy: "packed", proven: false, chainMethod: "unasked" });
    await read(local);
    assert.equal(methodsOf(local).includes("call"), goesOn, String(methodsOf(local)));
  }
});

Deno.test("readEndpoint() reads nothing of a chain that began with another block", async () => {
  for (
    const [byte, methods] of [["AB", ["getBlockByNumber", HEAD, BALANCES]], ["CD", ["getBlockByNumber"]]] as const
  ) {
    const answer: Answer = ({ params }) =>
      params[0] === "0x0" ? { number: "0x0", timestamp: "0x0", hash: `0x${byte.repeat(32)}` } : undefined;
    using local = answering(openLocalPool(1, { plan: { genesis: `0x${"ab".repeat(32)}` } }), answer);
    await read(local);
    assert.deepEqual(methodsOf(local), methods);
    assert.equal(local.endpoint("a").breaker.failure?.reason, byte === "AB" ? undefined : "wrong_chain");
  }
});

Deno.test("readEndpoint() reads at the tag that is planned, or at a block by its distance to the latest", async () => {
  for (
    const [block, methods, number] of [
      ["finalized", [HEAD, BALANCES], 100n],
      [-3, [HEAD, "getBlockByNumber", HEAD, BALANCES], 97n],
    ] as const
  ) {
    using local = openLocalPool(1, { plan: { block } });
    const tags: unknown[] = [];
    answering(local, ({ method, params: [tag] }) => void (method === "eth_getBlockByNumber" && tags.push(tag)));
    await read(local);
    assert.deepEqual(methodsOf(local), methods, String(block));
    assert.equal(tags[0], block === -3 ? "latest" : block);
    const [outcome] = local.progress.outcomes.values();
    assert.equal(typeof outcome === "object" && outcome.block?.number, number);
    // The latest one is what is compared with others'.
    assert.equal(local.endpoint("a").observed?.head.block.number, 100n);
  }
});

Deno.test("readEndpoint() reads a block by its distance of no other chain", async () => {
  const answer: Answer = ({ method }) => method === "eth_chainId" ? "0x5" : undefined;
  using local = answering(openLocalPool(1, { plan: { block: -3 } }), answer);
  await read(local);
  assert.deepEqual([methodsOf(local), weiOf(local)[0]], [[HEAD], "wrong_chain"]);
});

Deno.test("readEndpoint() accepts balances of a lagging endpoint only where it may", async () => {
  for (const [block, asked] of [["latest", [HEAD]], [-3, [HEAD]]] as const) {
    using local = openBehind(60, { block });
    await read(local);
    const { headStatus, breaker } = local.endpoint("a");
    assert.deepEqual([weiOf(local)[0], methodsOf(local)], ["lagging", asked]);
    assert.deepEqual([headStatus, breaker.failure?.reason, local.pool.count("lagging")], ["lagging", "lagging", 1]);
    assert.equal(breaker.failure?.message, "behind the chain");
    using lenient = openBehind(60, { block });
    await read(lenient, { lenient: true });
    assert.deepEqual([...lenient.progress.outcomes.values()].map((each) => typeof each === "object" && each.late), [
      "lagging",
      "lagging",
      "lagging",
    ]);
    using prompt = openBehind(40, { block });
    await read(prompt);
    assert.deepEqual([...prompt.progress.outcomes.values()].map((each) => typeof each === "object" && each.late), [
      undefined,
      undefined,
      undefined,
    ]);
  }
});

Deno.test("readEndpoint() publishes nothing older than before, however late it may be, but the block right before", async () => {
  for (
    const [number, time, wei] of [
      [100, NOW, 7n],
      [101, NOW + 2, 7n],
      [102, NOW + 4, "lagging"],
    ] as const
  ) {
    for (const lenient of [false, true]) {
      using local = openLocalPool(1);
      local.pool.network.newest = { number: BigInt(number), time };
      await read(local, { lenient });
      assert.equal(weiOf(local)[0], wei);
      const { headStatus, breaker } = local.endpoint("a");
      assert.equal(headStatus, wei === 7n ? "fresh" : "lagging");
      assert.equal(breaker.failure?.message, wei === 7n ? undefined : "older than the last published block");
    }
  }
});

Deno.test("readEndpoint() reads balances of the network's chain only", async () => {
  for (const strategy of ["batch", "latest"] as const) {
    const answer: Answer = ({ method }) => method === "eth_chainId" ? "0x5" : undefined;
    using local = answering(openLocalPool(1), answer);
    Object.assign(local.endpoint("a").selector, { strategy });
    local.endpoint("a").selector.latest.head = "refused";
    await read(local);
    assert.deepEqual([weiOf(local)[0], local.endpoint("a").breaker.failure?.reason], [
      "wrong_chain",
      "wrong_chain",
    ]);
  }
});

Deno.test("readEndpoint() reads without a block number only where the latest is planned", async () => {
  for (const [block, wei] of [["latest", 7n], ["finalized", "state_unavailable"]] as const) {
    using local = openLocalPool(1, { plan: { block } });
    Object.assign(local.endpoint("a").selector, { strategy: "latest" });
    await read(local);
    assert.equal(weiOf(local)[0], wei);
  }
});

Deno.test("readEndpoint() decides by native balances alone whether an endpoint is healthy, and by tokens where there are none", async () => {
  for (
    const [accounts, method, reason] of [
      [MIXED, "eth_call", undefined],
      [MIXED, "eth_getBalance", "rpc_error"],
      [MIXED.slice(1), "eth_call", "rpc_error"],
      [MIXED.slice(1), "eth_getBalance", undefined],
      [MIXED.slice(2), "eth_getBalance", undefined],
    ] as const
  ) {
    using local = answering(openLocalPool(1, { accounts }), fail(method));
    await read(local);
    const { breaker } = local.endpoint("a");
    assert.equal(breaker.failure?.reason, reason, `${accounts.length} ${method}`);
    assert.equal(breaker.readFailedAt === local.clock.now(), reason !== undefined);
  }
});

Deno.test("readEndpoint() changes nothing about an endpoint without accounts to read", async () => {
  using local = openLocalPool(1);
  const { breaker } = local.endpoint("a");
  Object.assign(breaker, failed("rpc_error"));
  await read(local, { progress: createPollProgress([]) });
  assert.equal(breaker.failure?.reason, "rpc_error");
  assert.equal(local.requests.length, 1);
});

Deno.test("readEndpoint() shows of all balances why the request failed, or the first of them", async () => {
  for (
    const [answer, reason] of [
      [status(503, "eth_getBalance"), "http_server"],
      [fail("eth_getBalance", "boo"), "rpc_error"],
      [
        ((call, request) =>
          fail("eth_getBalance", call.params[0] === COINS[0] ? "boo" : "pruned")(call, request)) as Answer,
        "rpc_error",
      ],
    ] as const
  ) {
    using local = answering(openLocalPool(1), answer);
    await read(local);
    assert.deepEqual(weiOf(local), [reason, reason, reason]);
    assert.equal(local.endpoint("a").breaker.failure?.reason, reason);
  }
});

Deno.test("readEndpoint() shows the most frequent reason where no request and no account failed", async () => {
  for (
    const [counts, reason] of [
      [{ lagging: 1, missing: 2 }, "missing"],
      [{ missing: 1, lagging: 2 }, "lagging"],
      [{ missing: 1, lagging: 1 }, "missing"],
      [{}, "missing"],
    ] as const
  ) {
    using local = openLocalPool(1);
    const blamed: Reason[] = [];
    const progress: PollProgress = {
      ...local.progress,
      countReasons: () => new Map(Object.entries(counts) as [Reason, number][]),
      add: () => 0,
      failPending: (each) => void blamed.push(each),
    };
    await read(local, { progress });
    assert.deepEqual([blamed, local.endpoint("a").breaker.failure?.reason], [[reason], reason]);
  }
});

Deno.test("readEndpoint() reports the endpoint's message for an account that failed", async () => {
  using local = answering(openLocalPool(1), fail("eth_getBalance", "boo"));
  await read(local);
  assert.match(String(local.endpoint("a").breaker.failure?.message), /boo/);
});

Deno.test("readEndpoint() earns a request of which some balances failed", async () => {
  const answer: Answer = (call, request) =>
    call.params[0] === COINS[0] ? fail("eth_getBalance")(call, request) : undefined;
  using local = answering(openLocalPool(1), answer);
  await read(local);
  assert.deepEqual([weiOf(local), local.budget], [["rpc_error", 7n, 7n], ["earn 1"]]);
});

Deno.test("readEndpoint() pays what was read again since the head moved", async () => {
  using local = openLocalPool(1);
  const [node] = local.nodes;
  Object.assign(local.endpoint("a").selector, { strategy: "latest" });
  local.endpoint("a").selector.latest.head = "reported";
  let heads = 0;
  Object.assign(node ?? {}, {
    answer: (({ method }) => {
      if (method === "eth_getBlockByNumber" && heads++ === 1) Object.assign(node ?? {}, { block: 101n, time: NOW + 2 });
    }) as Answer,
  });
  await read(local);
  assert.deepEqual([weiOf(local), local.budget], [RIGHT, ["earn 1", "spend 1"]]);
});

Deno.test("readEndpoint() tries more at once again where what was learned is old", async () => {
  using local = openLocalPool(1);
  const { batch } = local.endpoint("a").selector.sizes;
  batch.size = 50;
  await read(local);
  assert.equal(batch.size, 100);
});

Deno.test("readEndpoint() does not take a fault of ours for an endpoint's", async () => {
  for (const known of [{ needsProbe: true }, { needsProbe: false }]) {
    using local = openLocalPool(1, { plan: { chainId: undefined } });
    const { breaker, selector } = local.endpoint("a");
    Object.assign(breaker, known);
    Object.assign(selector, { proven: false, chainMethod: "unasked" });
    Object.defineProperty(selector, "chainReported", {
      set(): never {
        throw new RangeError("boo");
      },
    });
    await assert.rejects(read(local), RangeError);
    assert.equal(breaker.failure, undefined);
  }
});
