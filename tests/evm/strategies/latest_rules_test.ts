import { valuesOf } from "../../fakes/read_values.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import type { ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { readLatest } from "../../../src/evm/strategies/read_latest.ts";
import type { PartialHead, Target } from "../../../src/evm/strategies/target.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";
import { type Item, type SeenRequest, startLocalNode } from "../../fakes/fake_node.ts";

const ACCOUNTS = accountsOf(3);
const RIGHT = [7n, 7n, 7n];

interface Latest extends Disposable {
  readonly pool: OpenPool;
  readonly clock: FakeClock;
  /** What was admitted. */
  readonly heads: readonly PartialHead[];
  /** The number of the head at each look, the last one from then on. */
  blocks: number[];
  answer: (call: Item, request: SeenRequest) => unknown;
  read(target?: Partial<Target>, accounts?: readonly string[]): Promise<ReadResult>;
  /** Methods of each request since the last look. */
  asked(): readonly string[];
}

const NO_METHOD = "the method does not exist/is not available";

/** An endpoint that is known to be read so, unless it is new. */
function open({ isNew = false } = {}): Latest {
  const clock = createFakeClock();
  const pool = openPool(["http://127.0.0.1:9001/"], { accounts: ACCOUNTS, clock, plan: { chainId: 5 } });
  const { selector, endpoint } = pool.poolEndpoint;
  Object.assign(selector, { chainMethod: "answered" });
  if (!isNew) {
    Object.assign(selector, { strategy: "latest", proven: true });
    selector.sizes.batch.confirmed = 100;
    selector.latest.head = "reported";
  }
  const heads: PartialHead[] = [];
  let seen = 0;
  const node = startLocalNode({
    answer: (call, request) => {
      if (call.method === "eth_getBalance") assert.equal(call.params[1], "latest");
      const other = latest.answer(call, request);
      if (other !== undefined) return other;
      if (call.method === "eth_chainId") return "0x5";
      if (call.method !== "eth_getBlockByNumber") return "0x7";
      assert.equal(call.params[0], "latest");
      const number = latest.blocks.length > 1 ? latest.blocks.shift() : latest.blocks[0];
      return { number: `0x${(number ?? 0).toString(16)}`, timestamp: `0x${(1000 + (number ?? 0)).toString(16)}` };
    },
  });
  const latest: Latest = {
    pool,
    clock,
    heads,
    blocks: [100],
    answer: () => undefined,
    read: (target = {}, accounts = ACCOUNTS) =>
      readLatest({
        endpoint,
        selector,
        accounts: toAccounts(accounts),
        target: { at: "latest", admit: () => {}, admitLatest: (head) => void heads.push(head), ...target },
        limits: pool.limits,
      }),
    asked(): readonly string[] {
      const requests = node.seen.slice(seen);
      seen = node.seen.length;
      return requests.map(({ items }) => items.map(({ method }) => method.slice(4)).join());
    },
    [Symbol.dispose](): void {
      node[Symbol.dispose]();
      pool[Symbol.dispose]();
    },
  };
  return latest;
}

function shownOf({ chunks }: ReadResult): unknown {
  return chunks.map(({ values, head }) => [[...values].map(([, value]) => value), head?.block.number]);
}

const fail = (methods: readonly string[], message: string) => ({ method }: Item): undefined => {
  if (methods.includes(method)) throw new Error(message);
};
const HEADS = "chainId,getBlockByNumber";
const BALANCES = "chainId,getBalance,getBalance,getBalance";

Deno.test("L1: readLatest() reads between two heads, and returns the block where both are the same", async () => {
  using latest = open();
  const reading = await latest.read();
  assert.deepEqual([shownOf(reading), reading.wastedRequests], [[[RIGHT, 100n]], 0]);
  assert.deepEqual(latest.asked(), [HEADS, BALANCES, HEADS]);
  assert.deepEqual(latest.heads.map(({ chainId, block }) => [chainId, block?.number]), [[5, 100n], [5, 100n]]);
});

Deno.test("L1: readLatest() reads again up to twice where the head moves, and counts the wasted requests", async () => {
  for (
    const [blocks, block, size, wasted] of [
      [[1, 2, 2], 2n, 100, 1],
      [[1, 2, 3, 3], 3n, 100, 2],
      [[1, 2, 3, 4], undefined, 100, 2],
      [[1, 2, 2], 2n, 2, 2],
    ] as const
  ) {
    using latest = open();
    latest.blocks = [...blocks];
    latest.pool.poolEndpoint.selector.sizes.batch.size = size;
    const reading = await latest.read();
    assert.deepEqual(reading.chunks.map(({ head }) => head?.block.number), reading.chunks.map(() => block));
    assert.equal(reading.wastedRequests, wasted, String(blocks));
  }
});

Deno.test("L1: readLatest() does not wait for a chain that is too fast, for an hour", async () => {
  using latest = open();
  latest.blocks = [1, 2, 3, 4];
  await latest.read();
  for (const [ms, requests] of [[3_599_999, 3], [1, 5]] as const) {
    await latest.clock.advance(ms);
    latest.asked();
    latest.blocks = [10, 11, 11];
    await latest.read();
    assert.equal(latest.asked().length, requests);
  }
});

Deno.test("L1: readLatest() reads nothing for another block than the latest, nor where that is not allowed", async () => {
  using latest = open();
  for (const target of [{ at: "finalized" as const }, { admitLatest: undefined }]) {
    const reading = await latest.read(target as Partial<Target>);
    assert.equal(reading.failure?.reason, "state_unavailable");
    assert.deepEqual(latest.asked(), []);
  }
});

Deno.test("readLatest() publishes nothing where a head is refused, before and after the balances", async () => {
  for (const [refused, requests] of [[1, 1], [2, 3]] as const) {
    using latest = open();
    let heads = 0;
    const admitLatest = (): void => {
      if (++heads === refused) throw new RpcError("lagging", "behind");
    };
    assert.equal((await latest.read({ admitLatest })).failure?.reason, "lagging");
    assert.equal(latest.asked().length, requests);
  }
});

Deno.test("readLatest() requests no second head where no balance was read", async () => {
  using latest = open();
  latest.answer = fail(["eth_getBalance"], "boo");
  assert.deepEqual(shownOf(await latest.read()), [[["rpc_error", "rpc_error", "rpc_error"], undefined]]);
  assert.ok(!latest.asked().slice(1).includes(HEADS));
});

Deno.test("L2: readLatest() first checks that a balance is answered, the chain reported, and batches supported", async () => {
  for (const known of [{ strategy: "packed", proven: true }, { strategy: "latest", proven: false }] as const) {
    using latest = open({ isNew: true });
    const { selector } = latest.pool.poolEndpoint;
    Object.assign(selector, known);
    assert.deepEqual(shownOf(await latest.read()), [[RIGHT, undefined]]);
    const proof = ["getBalance", "chainId", "getBalance,getBalance"];
    assert.deepEqual(latest.asked().slice(0, 3), proof);
    assert.equal(selector.latest.head, "reported");
    assert.ok(selector.sizes.batch.confirmed >= 2);
    // From now on the head is asked for with the chain.
    Object.assign(selector, { strategy: "latest", proven: true });
    assert.deepEqual(shownOf(await latest.read()), [[RIGHT, 100n]]);
    assert.deepEqual(latest.asked(), [HEADS, BALANCES, HEADS]);
  }
});

Deno.test("L2: readLatest() notes that a batch of two was answered", async () => {
  using latest = open({ isNew: true });
  const admitLatest = (): void => {
    throw new RpcError("lagging", "behind");
  };
  await latest.read({ admitLatest });
  assert.equal(latest.pool.poolEndpoint.selector.sizes.batch.confirmed, 2);
});

Deno.test("readLatest() reads between two heads though one balance fails", async () => {
  using latest = open();
  latest.answer = (call) => call.params[0] === ACCOUNTS[1] ? fail(["eth_getBalance"], "boo")(call) : undefined;
  assert.deepEqual(shownOf(await latest.read()), [[[7n, "rpc_error", 7n], 100n]]);
});

Deno.test("L2: readLatest() returns no block where the second head has none", async () => {
  using latest = open();
  let looks = 0;
  latest.answer = (call) => {
    const isRefused = call.method === "eth_getBlockByNumber" && ++looks > 1;
    return isRefused ? fail([call.method], NO_METHOD)(call) : undefined;
  };
  assert.deepEqual(shownOf(await latest.read()), [[RIGHT, undefined]]);
});

Deno.test("L2: readLatest() does not prove batches that are known, or not needed", async () => {
  for (
    const [size, proven, accounts, batches] of [
      [100, 2, ACCOUNTS, 0],
      [100, 1, ACCOUNTS, 1],
      [2, 1, ACCOUNTS, 1],
      [1, 0, ACCOUNTS, 0],
      [100, 0, ACCOUNTS.slice(0, 1), 0],
    ] as const
  ) {
    using latest = open({ isNew: true });
    Object.assign(latest.pool.poolEndpoint.selector.sizes.batch, { size, confirmed: proven });
    await latest.read({}, accounts);
    assert.equal(latest.asked().filter((methods) => methods === "getBalance,getBalance").length, batches);
  }
});

Deno.test("L2: readLatest() reads one balance a request where batches are refused, or answered with errors alone", async () => {
  for (const refused of ["whole", "each", "one"] as const) {
    using latest = open({ isNew: true });
    let isBatch = false;
    let count = 0;
    latest.answer = ({ method }): undefined => {
      count = method === "eth_chainId" ? 0 : count + 1;
      isBatch ||= method === "eth_chainId";
      // The two balances right after the chain.
      if (!isBatch || method !== "eth_getBalance" || count > 2) return;
      if (refused === "one" && count === 1) return;
      if (refused === "whole") throw new Response("", { status: 403 });
      throw new Error("boo");
    };
    const { batch } = latest.pool.poolEndpoint.selector.sizes;
    await latest.read();
    assert.equal(batch.size, refused === "one" ? 100 : 1, refused);
  }
});

Deno.test("readLatest() disables batches that are lost where no head is reported, and keeps them in an outage", async () => {
  for (const isOutage of [false, true]) {
    using latest = open();
    const { selector } = latest.pool.poolEndpoint;
    selector.latest.head = "refused";
    latest.answer = ({ method }, { isBatch }): undefined => {
      const isLost = method === "eth_getBalance" && (isOutage || isBatch);
      if (isLost) throw new Response("", { status: 500 });
    };
    for (const unclearFailures of [1, 2, 3]) {
      assert.equal((await latest.read()).failure?.reason, "http_server");
      assert.equal(selector.sizes.batch.unclearFailures, unclearFailures);
    }
    latest.asked();
    const reading = await latest.read();
    assert.equal(reading.failure?.reason, isOutage ? "http_server" : undefined);
    assert.equal(selector.sizes.batch.size, isOutage ? 100 : 1);
    if (isOutage) continue;
    assert.deepEqual(valuesOf(reading, toAccounts(ACCOUNTS)), RIGHT);
    assert.deepEqual(latest.asked().slice(0, 3), ["getBalance", "chainId", "getBalance,getBalance"]);
  }
});

Deno.test("readLatest() counts no failures against batches that do not concern them", async () => {
  for (const [size, status, unclearFailures] of [[100, 500, 1], [2, 500, 1], [1, 500, 0], [100, 401, 0]] as const) {
    using latest = open();
    const { selector } = latest.pool.poolEndpoint;
    selector.sizes.batch.size = size;
    latest.answer = ({ method }): undefined => {
      if (method === "eth_getBalance") throw new Response("", { status });
    };
    await latest.read();
    assert.equal(selector.sizes.batch.unclearFailures, unclearFailures);
  }
});

Deno.test("readLatest() resets the failures of batches with two that are answered, and keeps larger limits", async () => {
  using latest = open();
  const { batch } = latest.pool.poolEndpoint.selector.sizes;
  batch.unclearFailures = 3;
  const admitLatest = (): void => {
    throw new RpcError("lagging", "behind");
  };
  latest.pool.poolEndpoint.selector.latest.head = "refused";
  await latest.read({ admitLatest });
  assert.deepEqual([batch.unclearFailures, batch.confirmed], [0, 100]);
});

Deno.test("L2: readLatest() requests heads only as far as they are reported", async () => {
  for (
    const [chainMethod, head, asked, chainId, block] of [
      ["answered", "reported", [HEADS, BALANCES, HEADS], 5, 100n],
      ["answered", "refused", ["chainId", BALANCES, "chainId"], 5, undefined],
      [
        "waived",
        "reported",
        ["getBlockByNumber", "getBalance,getBalance,getBalance", "getBlockByNumber"],
        undefined,
        100n,
      ],
      ["waived", "refused", ["getBalance,getBalance,getBalance"], undefined, undefined],
    ] as const
  ) {
    using latest = open();
    const { selector } = latest.pool.poolEndpoint;
    Object.assign(selector, { chainMethod });
    selector.latest.head = head;
    assert.deepEqual(shownOf(await latest.read()), [[RIGHT, block]]);
    assert.deepEqual(latest.asked(), asked);
    assert.deepEqual(latest.heads.map((each) => [each.chainId, each.block?.number]), [[chainId, block], [
      chainId,
      block,
    ]]);
  }
});

Deno.test("L2: readLatest() does without the block once it is refused", async () => {
  using latest = open();
  latest.answer = fail(["eth_getBlockByNumber"], NO_METHOD);
  const { selector } = latest.pool.poolEndpoint;
  assert.deepEqual(shownOf(await latest.read()), [[RIGHT, undefined]]);
  assert.equal(selector.latest.head, "refused");
  for (const message of [NO_METHOD, "boo"]) {
    selector.latest.head = "unasked";
    latest.answer = fail(["eth_getBlockByNumber"], message);
    assert.deepEqual(shownOf(await latest.read()), [[RIGHT, undefined]]);
    assert.equal(selector.latest.head, "refused");
  }
});

Deno.test("readLatest() reads nothing of no accounts, and does not fail", async () => {
  using latest = open({ isNew: true });
  const { chunks, failure } = await latest.read({}, []);
  assert.deepEqual([chunks, failure, latest.asked()], [[], undefined, ["chainId"]]);
});

Deno.test("readLatest() fails where the head fails in another way, or the chain is refused", async () => {
  for (const [method, message] of [["eth_getBlockByNumber", "boo"], ["eth_chainId", NO_METHOD]] as const) {
    using latest = open();
    const { selector } = latest.pool.poolEndpoint;
    if (method === "eth_chainId") selector.latest.head = "refused";
    latest.answer = fail([method], message);
    assert.equal((await latest.read()).failure?.reason, "rpc_error");
    assert.equal(selector.latest.head, method === "eth_chainId" ? "refused" : "reported");
  }
});

Deno.test("readLatest() does not take a fault of ours for an endpoint's", async () => {
  using latest = open();
  const broken = (): never => {
    throw new RangeError("boo");
  };
  await assert.rejects(latest.read({ admitLatest: broken }), RangeError);
  for (const key of ["confirmed", "head"]) {
    using other = open({ isNew: true });
    const { sizes, latest: state } = other.pool.poolEndpoint.selector;
    let isBroken = true;
    Object.defineProperty(key === "confirmed" ? sizes.batch : state, key, {
      get: () => key === "confirmed" ? 0 : "unasked",
      set(): void {
        if (isBroken) {
          isBroken = false;
          throw new RangeError("boo");
        }
      },
    });
    await assert.rejects(other.read(), RangeError);
  }
});
