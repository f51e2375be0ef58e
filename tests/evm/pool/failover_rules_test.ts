import assert from "node:assert/strict";
import type { PoolEndpoint } from "../../../src/evm/pool/pool_endpoint.ts";
import { readWithFailover } from "../../../src/evm/pool/read_with_failover.ts";
import { type Reason, RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { hang } from "../../fakes/fake_node.ts";
import { type Answer, type LocalPool, openLocalPool } from "../../fakes/local_pool.ts";
import { withoutJitter } from "../../rig/force_way.ts";

const HEAD = "chainId,getBlockByNumber";
const BALANCES = "chainId,getBalance,getBalance,getBalance";
const RIGHT = [7n, 7n, 7n];
const NOW = 1_700_000_000;

const broken: Answer = () => {
  throw new Error("boo");
};
const hanging: Answer = (_, request) => {
  throw hang(request);
};
const status = (code: number, headers: HeadersInit = {}): Answer => () => {
  throw new Response("", { status: code, headers });
};
/** Answers the first requests in another way. */
const first = (count: number, answer: Answer): Answer => {
  const seen = new Set<unknown>();
  return (call, request) => seen.add(request).size <= count ? answer(call, request) : undefined;
};
/** The head is answered, balances are not. */
const headOnly = (message: string): Answer => ({ method }) => {
  if (method === "eth_getBalance") throw new Error(message);
};

async function read(local: LocalPool): Promise<string | undefined> {
  const { pool: { network, limits }, progress } = local;
  network.startedAt = local.clock.now();
  const last = await local.finish(readWithFailover(network, progress, limits));
  return network.endpoints.includes(last as PoolEndpoint)
    ? "abcd"[network.endpoints.indexOf(last as PoolEndpoint)]
    : undefined;
}

function weiOf({ progress: { outcomes } }: LocalPool): readonly unknown[] {
  return [...outcomes.values()].map((outcome) => typeof outcome === "string" ? outcome : outcome.amount);
}

function sentOf({ requests }: LocalPool): readonly string[] {
  return requests.map(({ name, methods }) => `${name} ${methods}`);
}

function failed(reason: Reason): { readonly failure: RpcError } {
  return { failure: new RpcError(reason, "") };
}

Deno.test("readWithFailover() reads from the best endpoint, and from no other then", async () => {
  using local = openLocalPool(3);
  assert.equal(await read(local), "a");
  assert.deepEqual([weiOf(local), sentOf(local)], [RIGHT, [`a ${HEAD}`, `a ${BALANCES}`]]);
});

Deno.test("readWithFailover() reads healthy endpoints first, then those that failed, lag, and need a probe; else in the configured order", async () => {
  using local = openLocalPool(7);
  for (const node of local.nodes) node.answer = broken;
  Object.assign(local.endpoint("a").breaker, { needsProbe: true });
  local.endpoint("b").headStatus = "lagging";
  Object.assign(local.endpoint("b").breaker, failed("rpc_error"));
  local.endpoint("c").headStatus = "lagging";
  Object.assign(local.endpoint("d").breaker, failed("rpc_error"));
  Object.assign(local.endpoint("g").breaker, { openUntil: local.clock.now() + 1 });
  assert.equal(await read(local), undefined);
  assert.equal(local.order(), "efdcba");
});

Deno.test("readWithFailover() reads what the best endpoint does not return from the next, and returns the last that was read", async () => {
  using local = openLocalPool(3);
  const other = local.nodes[0];
  Object.assign(other ?? {}, {
    answer: (({ method, params }) => {
      if (method === "eth_getBalance" && params[0] === accountsOf(3)[1]) throw new Error("boo");
    }) as Answer,
  });
  assert.equal(await read(local), "b");
  assert.deepEqual(weiOf(local), RIGHT);
  assert.deepEqual(sentOf(local).slice(2), [`b ${HEAD}`, "b chainId,getBalance"]);
});

Deno.test("readWithFailover() sends nothing after its deadline", async () => {
  using local = openLocalPool(2);
  const { pool: { network, limits }, clock, progress } = local;
  for (const node of local.nodes) node.answer = hanging;
  const reading = readWithFailover(network, progress, { ...limits, timeout: 1_000_000 });
  await clock.advance(50_000);
  await reading;
  assert.deepEqual(local.requests.map(({ name, at }) => [name, at]), [["a", 0], ["b", 25_000]]);
  assert.deepEqual(local.budget, []);
});

Deno.test("readWithFailover() leaves others half of the time each, without those that are to be probed first", async () => {
  for (
    const [needsProbe, times] of [
      ["", [0, 25_000, 37_500]],
      ["c", [0, 25_000]],
      ["bc", [0]],
    ] as const
  ) {
    using local = openLocalPool(3);
    const { pool: { network, limits }, clock, progress } = local;
    for (const node of local.nodes) node.answer = hanging;
    for (const name of needsProbe) local.endpoint(name).breaker.needsProbe = true;
    const reading = readWithFailover(network, progress, { ...limits, timeout: 1_000_000 });
    await clock.advance(50_000);
    await reading;
    assert.deepEqual(local.requests.map(({ at }) => at), times, needsProbe);
    // Who was not asked in time is not said to have failed.
    for (const name of needsProbe) assert.equal(local.endpoint(name).breaker.asked, false);
  }
});

Deno.test("readWithFailover() waits out the pause of an endpoint only where no other is left", async () => {
  using local = openLocalPool(2);
  const { pool: { network, limits }, clock, progress } = local;
  for (const { endpoint } of network.endpoints) endpoint.pacer.onThrottled(3000);
  const reading = readWithFailover(network, progress, limits);
  await clock.advance(3000);
  await reading;
  assert.deepEqual(local.requests.map(({ name, at }) => [name, at]), [["b", 3000], ["b", 3000]]);
});

/**
 * Endpoints that are some seconds behind, or at the head but without balances where none are given. The last one of the
 * pool is a witness that is not read from: it saw the head.
 */
function openLagging(behind: readonly (number | undefined)[]): LocalPool {
  const local = openLocalPool(behind.length + 1);
  const { endpoints } = local.pool.network;
  for (const [place, poolEndpoint] of endpoints.entries()) {
    const seconds = behind[place] ?? 0;
    Object.assign(local.nodes[place] ?? {}, { time: NOW - seconds, block: BigInt(1000 - seconds) });
    const block = { number: BigInt(1000 - seconds), time: NOW - seconds };
    poolEndpoint.observed = { head: { chainId: 4242, block }, at: local.clock.now(), since: local.clock.now() };
    if (seconds > 0) poolEndpoint.headStatus = "lagging";
    else if (place < behind.length) Object.assign(local.nodes[place] ?? {}, { answer: headOnly("boo") });
    else poolEndpoint.breaker.openUntil = Infinity;
  }
  return local;
}

/** The only endpoint of a chain that makes blocks all the time, and whose last one is long ago. */
function openOverdue(answer: Answer): LocalPool {
  const local = openLocalPool(1, { plan: { chainId: 1 } });
  const isChain: Answer = (call, request) => call.method === "eth_chainId" ? "0x1" : answer(call, request);
  Object.assign(local.nodes[0] ?? {}, { time: NOW - 7200, answer: isChain });
  return local;
}

Deno.test("readWithFailover() publishes balances of a lagging endpoint at once where it is the only one", async () => {
  using local = openOverdue(() => undefined);
  assert.equal(await read(local), "a");
  assert.equal(local.endpoint("a").headStatus, "lagging");
  assert.deepEqual([weiOf(local), local.budget], [RIGHT, ["earn 1"]]);
});

Deno.test("readWithFailover() does not retry the only endpoint because it lags", async () => {
  using local = openOverdue(headOnly("boo"));
  assert.equal(await read(local), undefined);
  assert.deepEqual([local.endpoint("a").headStatus, local.budget], ["lagging", []]);
});

Deno.test("readWithFailover() publishes those of the freshest at once where all of several lag, and of no other", async () => {
  for (const [behind, from] of [[[70, 60], "b"], [[60, 70], "a"], [[80, 60, 70], "b"]] as const) {
    using local = openLagging(behind);
    assert.equal(await read(local), from);
    assert.deepEqual(weiOf(local), RIGHT);
    assert.deepEqual(local.budget, ["earn 1"]);
    assert.deepEqual([...local.progress.outcomes.values()].map((each) => typeof each === "object" && each.late), [
      "lagging",
      "lagging",
      "lagging",
    ]);
  }
});

Deno.test("readWithFailover() publishes those of the freshest at once where the others lag or fail", async () => {
  using local = openLagging([undefined, 60]);
  Object.assign(local.endpoint("a").breaker, failed("rpc_error"));
  assert.equal(await read(local), "b");
  assert.deepEqual(sentOf(local).slice(-2), [`b ${HEAD}`, `b ${BALANCES}`]);
  assert.equal(local.requests.filter(({ name }) => name === "b").length, 2);
});

Deno.test("readWithFailover() exceeds the budget for late balances where healthy endpoints return none", async () => {
  using local = openLagging([70, 60, undefined]);
  // That they lag shows only now.
  for (const name of "ab") local.endpoint(name).headStatus = "fresh";
  local.hasBudget = false;
  assert.equal(await read(local), "b");
  assert.deepEqual([weiOf(local), local.budget], [RIGHT, ["spend 2", "earn 1"]]);
  assert.deepEqual(sentOf(local), [
    `a ${HEAD}`,
    `b ${HEAD}`,
    `c ${HEAD}`,
    `c ${BALANCES}`,
    `b ${HEAD}`,
    `b ${BALANCES}`,
  ]);
});

Deno.test("readWithFailover() reads late balances only within the budget where others returned some", async () => {
  for (const hasBudget of [true, false]) {
    using local = openLagging([undefined, 60]);
    local.hasBudget = hasBudget;
    Object.assign(local.nodes[0] ?? {}, {
      answer: (({ method, params }) => {
        if (method === "eth_getBalance" && params[0] === accountsOf(3)[1]) throw new Error("boo");
      }) as Answer,
    });
    assert.equal(await read(local), hasBudget ? "b" : "a");
    assert.deepEqual(weiOf(local)[1], hasBudget ? 7n : "lagging");
    assert.deepEqual(local.budget.includes("take 2"), true);
  }
});

Deno.test("readWithFailover() publishes nothing late that is older than what was published", async () => {
  for (const [seconds, from] of [[59, undefined], [60, "b"]] as const) {
    using local = openLagging([undefined, 60]);
    local.pool.network.newest = { number: BigInt(1000 - seconds), time: NOW - seconds };
    assert.equal(await read(local), from);
  }
});

Deno.test("readWithFailover() finds lagging endpoints by their failures as well, and only those with a head", async () => {
  using local = openLagging([undefined, 60]);
  local.endpoint("b").headStatus = "fresh";
  Object.assign(local.endpoint("b").breaker, failed("lagging"));
  assert.equal(await read(local), "b");
  assert.deepEqual(local.budget, ["earn 1"]);
  using unseen = openLagging([undefined, 60]);
  unseen.endpoint("b").observed = undefined;
  unseen.nodes[1] && Object.assign(unseen.nodes[1], { answer: broken });
  assert.equal(await read(unseen), undefined);
  assert.deepEqual(unseen.budget, []);
});

Deno.test("readWithFailover() reports why all endpoints are paused, as the first one does", async () => {
  for (const [reason, shown] of [["auth", "auth"], [undefined, "missing"]] as const) {
    using local = openLocalPool(2);
    for (const { breaker } of local.pool.network.endpoints) breaker.openUntil = Infinity;
    if (reason !== undefined) Object.assign(local.endpoint("a").breaker, failed(reason));
    Object.assign(local.endpoint("b").breaker, failed("quota"));
    assert.equal(await read(local), undefined);
    assert.deepEqual([weiOf(local), local.requests], [[shown, shown, shown], []]);
  }
});

const noBlock: Answer = ({ method }) => {
  if (method === "eth_getBlockByNumber") throw new Error("header not found");
};
const closed: Answer = () => {
  throw Promise.reject(new TypeError("error sending request for url: connection closed before message completed"));
};

/** Only the first request fails: whether it is asked for again shows in the balances. */
async function readAfter(answer: Answer, prepare: (local: LocalPool) => void = () => {}): Promise<LocalPool> {
  const local = openLocalPool(1);
  Object.assign(local.nodes[0] ?? {}, { answer: first(1, answer) });
  prepare(local);
  await read(local);
  return local;
}

Deno.test("readWithFailover() retries transient failures, within the budget", async () => {
  using _ = withoutJitter();
  for (const answer of [status(503), closed, noBlock]) {
    using local = await readAfter(answer);
    assert.deepEqual([weiOf(local), local.budget], [RIGHT, ["take 2", "earn 1"]]);
    using spent = await readAfter(answer, (pool) => void (pool.hasBudget = false));
    assert.deepEqual([weiOf(spent)[0] === 7n, spent.budget], [false, ["take 2"]]);
  }
  for (const answer of [broken, status(401), status(402), status(302)]) {
    using local = await readAfter(answer);
    assert.deepEqual([typeof weiOf(local)[0], local.budget], ["string", []]);
  }
});

Deno.test("readWithFailover() retries after a timeout, as far as time is left, and after a Retry-After", async () => {
  using _ = withoutJitter();
  for (
    const [answer, ms] of [
      [hanging, 5000],
      [status(429, { "retry-after": "3" }), 3000],
    ] as const
  ) {
    using local = openLocalPool(1);
    const { pool: { network, limits }, clock, progress } = local;
    Object.assign(local.nodes[0] ?? {}, { answer: first(1, answer) });
    network.startedAt = clock.now();
    const reading = readWithFailover(network, progress, limits);
    await clock.advance(ms);
    assert.equal(await local.finish(reading), local.endpoint("a"));
    assert.deepEqual(local.requests.map(({ at }) => at), [0, ms, ms]);
  }
});

Deno.test("readWithFailover() waits for up to a second before it retries, a quarter of its time at most", async () => {
  const { random } = Math;
  Math.random = () => 0.5;
  try {
    for (const [remaining, waited] of [[50_000, 500], [1200, 300], [2000, 500]] as const) {
      using local = openLocalPool(1);
      const { pool: { network, limits }, clock, progress } = local;
      Object.assign(local.nodes[0] ?? {}, { answer: first(1, status(503)) });
      network.startedAt = clock.now();
      const deadline = { ...limits.deadline, remaining: () => remaining };
      const reading = readWithFailover(network, progress, { ...limits, deadline });
      await clock.advance(waited);
      await local.finish(reading);
      assert.deepEqual(local.requests.map(({ at }) => at), [0, waited, waited]);
    }
  } finally {
    Math.random = random;
  }
});

Deno.test("readWithFailover() does not retry endpoints that were not read in this poll", async () => {
  using local = await readAfter(status(503), (pool) => {
    Object.assign(pool.endpoint("a").breaker, { ...failed("http_server"), needsProbe: true });
  });
  assert.deepEqual([weiOf(local), sentOf(local)], [["http_server", "http_server", "http_server"], ["a chainId"]]);
});

Deno.test("readWithFailover() does not retry where its backends were read again already", async () => {
  using _ = withoutJitter();
  for (const [late, isAsked] of [[0, false], [1, false], [-1, true]] as const) {
    using local = await readAfter(noBlock, (pool) => {
      pool.endpoint("a").selector.lag.retriedAt = pool.clock.now() + late;
    });
    assert.equal(weiOf(local)[0] === 7n, isAsked);
  }
});

Deno.test("readWithFailover() retries transient failures at a healthy endpoint, the best of them", async () => {
  using _ = withoutJitter();
  for (const [code, isAsked] of [[503, true], [404, false]] as const) {
    using local = openLocalPool(2);
    let asked = 0;
    const answer: Answer = ({ method, params }) => {
      const isFailing = method === "eth_getBalance" && params[0] === accountsOf(3)[1] && asked++ < 2;
      if (isFailing) throw new Response("", { status: code });
    };
    for (const node of local.nodes) node.answer = answer;
    for (const { selector: { sizes } } of local.pool.network.endpoints) {
      // One balance a request.
      Object.assign(sizes.batch, { size: 2, proven: 2, refusedAt: local.clock.now() });
    }
    const last = await read(local);
    assert.equal(weiOf(local)[1] === 7n, isAsked);
    assert.deepEqual([last, local.budget], ["a", isAsked ? ["earn 2", "take 2", "earn 1"] : ["earn 2"]]);
  }
});

Deno.test("readWithFailover() retries where some balances failed transiently, and others permanently", async () => {
  using _ = withoutJitter();
  using local = openLocalPool(1);
  const codes = [undefined, 503, 404];
  Object.assign(local.nodes[0] ?? {}, {
    answer: (({ method, params }) => {
      const code = codes[accountsOf(3).indexOf(String(params[0]))];
      if (method === "eth_getBalance" && code !== undefined) throw new Response("", { status: code });
    }) as Answer,
  });
  const { sizes } = local.endpoint("a").selector;
  Object.assign(sizes.batch, { size: 2, proven: 2, refusedAt: local.clock.now() });
  await read(local);
  assert.deepEqual(local.budget, ["earn 1", "take 2"]);
});

Deno.test("readWithFailover() counts the requests of a second attempt by the strategy and its size", async () => {
  for (const [strategy, size, requests] of [["batch", 100, 2], ["batch", 2, 3], ["packed", 500, 1]] as const) {
    using local = openLocalPool(1);
    const { selector } = local.endpoint("a");
    Object.assign(local.nodes[0] ?? {}, { answer: status(503) });
    Object.assign(selector, { strategy });
    Object.assign(selector.sizes[strategy], { size, refusedAt: local.clock.now() });
    local.hasBudget = false;
    await read(local);
    assert.deepEqual(local.budget, [`take ${requests}`]);
  }
});

Deno.test("readWithFailover() retries without a probe, and does not return an endpoint without balances", async () => {
  using _ = withoutJitter();
  using local = openLocalPool(1);
  Object.assign(local.nodes[0] ?? {}, { answer: status(503) });
  assert.equal(await read(local), undefined);
  assert.deepEqual(sentOf(local), [`a ${HEAD}`, `a ${HEAD}`]);
});
