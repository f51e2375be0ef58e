import assert from "node:assert/strict";
import { isOfNoBlock } from "../../../src/assets/asset.ts";
import { nativeAccount } from "../../../src/assets/native.ts";
import { pendingAccount } from "../../../src/assets/pending.ts";
import type { PoolEndpoint } from "../../../src/evm/pool/pool_endpoint.ts";
import { pollOnce } from "../../../src/evm/pool/poll_once.ts";
import { readAside } from "../../../src/evm/pool/read_aside.ts";
import type { Outcome } from "../../../src/model/source.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { type FakeTruth, type LocalNodes, startLocalNodes } from "../../fakes/fake_node.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";
import { codeAccount, nonceAccount } from "../../fakes/programs.ts";

const HOLDERS = accountsOf(4);
const [A = "", B = ""] = HOLDERS;
const PENDING = HOLDERS.map((holder) => pendingAccount(holder, nonceAccount(holder)));

Deno.test("isOfNoBlock() is a method that is asked at a tag", () => {
  const accounts = [PENDING[0], nonceAccount(A), codeAccount(A), nativeAccount(A), ...toAccounts([tokenKey(B, A)])];
  assert.deepEqual(accounts.map((account) => account && isOfNoBlock(account)), [true, false, false, false, false]);
});

interface World extends Disposable {
  readonly pool: OpenPool;
  readonly nodes: LocalNodes;
  read(accounts?: typeof PENDING, last?: PoolEndpoint): Promise<readonly (readonly [string, Outcome])[]>;
}

/** Endpoints that answer the number of each holder. */
function openWorld(count = 1, truth: Partial<FakeTruth> = {}): World {
  const usual: Partial<FakeTruth> = {
    answer: ({ params: [holder] }) => `0x${HOLDERS.indexOf(String(holder))}`,
    ...truth,
  };
  const nodes = startLocalNodes(Array.from({ length: count }, () => usual));
  const pool = openPool(nodes.urls, { accounts: HOLDERS, clock: createFakeClock(), strategy: "batch" });
  return {
    pool,
    nodes,
    async read(accounts = PENDING, last = undefined) {
      const outcomes = await readAside(pool.network, accounts, last, pool.limits);
      return [...outcomes].map(([{ holder }, outcome]) => [holder, outcome]);
    },
    [Symbol.dispose](): void {
      pool[Symbol.dispose]();
      nodes[Symbol.dispose]();
    },
  };
}

/** How many calls each request of a node had. */
function sizesOf({ nodes }: World, place = 0): readonly (number | undefined)[] {
  return nodes.all[place]?.seen.map(({ items }) => items.length) ?? [];
}

Deno.test("readAside() reads amounts without a block, in batches of the learned size", async () => {
  for (
    const [size, sizes] of [[100, [4]], [5, [4]], [4, [3, 1]], [3, [2, 2]], [2, [1, 1, 1, 1]], [1, [
      1,
      1,
      1,
      1,
    ]]] as const
  ) {
    using world = openWorld();
    world.pool.poolEndpoint.selector.sizes.batch.size = size;
    const outcomes = await world.read();
    assert.deepEqual(outcomes, HOLDERS.map((holder, index) => [holder, { amount: BigInt(index), block: undefined }]));
    assert.deepEqual(sizesOf(world), sizes);
  }
});

Deno.test("readAside() asks for the latest block where the account names none, and judges the value", async () => {
  using world = openWorld(1, { answer: () => `0x${(2n ** 64n).toString(16)}` });
  assert.deepEqual(await world.read([nonceAccount(A)]), [[A, "bad_value"]]);
  assert.deepEqual(world.nodes.all[0]?.seen[0]?.items[0]?.params, [A, "latest"]);
});

Deno.test("readAside() has the reason of an account, or of the request", async () => {
  using world = openWorld(1, {
    answer: ({ params: [holder] }) => {
      if (holder === B) throw new Error("boo");
      return "0x7";
    },
  });
  assert.deepEqual((await world.read()).map(([, outcome]) => typeof outcome === "string" ? outcome : outcome.amount), [
    7n,
    "rpc_error",
    7n,
    7n,
  ]);
  using failing = openWorld(1, { instead: () => new Response("", { status: 503 }) });
  assert.deepEqual(await failing.read(), HOLDERS.map((holder) => [holder, "http_server"]));
});

Deno.test("readAside() hides no bug", async () => {
  using world = openWorld();
  Object.defineProperty(world.pool.poolEndpoint.endpoint, "pacer", {
    get: () => {
      throw new TypeError("a bug");
    },
  });
  await assert.rejects(world.read(), { message: "a bug" });
});

Deno.test("readAside() reads the endpoint in use, else the first that is well", async () => {
  const cases: Readonly<Record<string, (first: PoolEndpoint) => void>> = {
    "failing": (first) => Object.assign(first.breaker, { failure: new Error() }),
    "lagging": (first) => first.headStatus = "lagging",
    "open": (first) => Object.assign(first.breaker, { openUntil: Infinity }),
  };
  for (const [title, change] of Object.entries(cases)) {
    using world = openWorld(2);
    const [first] = world.pool.network.endpoints;
    assert.ok(first);
    change(first);
    await world.read();
    assert.deepEqual([sizesOf(world), sizesOf(world, 1)], [[], [4]], title);
    await world.read(PENDING, first);
    assert.deepEqual([sizesOf(world), sizesOf(world, 1)], [[4], [4]], title);
  }
  using world = openWorld(2);
  await world.read();
  assert.deepEqual([sizesOf(world), sizesOf(world, 1)], [[4], []]);
  await world.read(PENDING, world.pool.network.endpoints[1]);
  assert.deepEqual([sizesOf(world), sizesOf(world, 1)], [[4], [4]]);
});

Deno.test("readAside() reads nothing where no endpoint is well", async () => {
  using world = openWorld();
  world.pool.poolEndpoint.headStatus = "lagging";
  assert.deepEqual([await world.read(), sizesOf(world)], [[], []]);
});

Deno.test("pollOnce() reads values without a block after the others, and where those were read alone", async () => {
  const asked: string[] = [];
  let fails = false;
  using world = openWorld(1, {
    answer: ({ method, params: [holder, block] }) => {
      if (method === "eth_getBalance" && fails) throw new Error("boo");
      if (method !== "eth_getTransactionCount") return undefined;
      asked.push(`${block}`);
      return `0x${(HOLDERS.indexOf(String(holder)) + 7).toString(16)}`;
    },
  });
  const natives = HOLDERS.map(nativeAccount);
  const network = { ...world.pool.network, plan: { ...world.pool.network.plan, values: PENDING } };
  const { outcomes } = await pollOnce(network, world.pool.limits, [...natives, ...PENDING]);
  assert.deepEqual([...outcomes].map(([account]) => account), [...natives, ...PENDING]);
  assert.deepEqual(
    PENDING.map((account) => outcomes.get(account)),
    [7n, 8n, 9n, 10n].map((amount) => ({ amount, block: undefined })),
  );
  assert.deepEqual(asked, HOLDERS.map(() => "pending"));
  fails = true;
  const failed = await pollOnce(network, world.pool.limits, [...natives, ...PENDING]);
  assert.deepEqual([...failed.outcomes].map(([account]) => account), natives);
  assert.equal(asked.length, 4);
});
