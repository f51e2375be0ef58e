import assert from "node:assert/strict";
import type { Account } from "../../../src/assets/asset.ts";
import { EvmSource } from "../../../src/evm/pool/source.ts";
import type { PastResult } from "../../../src/model/source.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { type FakeTruth, startLocalNodes } from "../../fakes/fake_node.ts";
import { accountsOf, openPool, type PoolOptions } from "../../fakes/open_pool.ts";

const NOW = 1_700_000_000;
const HEAD = 200_000n;
const HOUR = 3600;
const HOURS: readonly number[] = Array.from({ length: 24 }, (_, index) => HOUR * (index + 1));
const ACCOUNTS = accountsOf(3);
const GONE = { code: -32000, message: "missing trie node 00 (path ) state 0x00 is not available" };

/** What was read of the past. */
interface Read {
  readonly result: PastResult;
  readonly points: readonly { readonly age: number; readonly amounts: ReadonlyMap<Account, bigint> }[];
  /** Requests after the poll. */
  readonly requests: number;
  readonly faults: readonly string[];
}

/** Polls nodes, and then reads their past. Each has a block per second, and 10^9 minus its number in each wallet. */
async function read(truths: readonly Partial<FakeTruth>[], options: Partial<PoolOptions> = {}): Promise<Read> {
  const clock = createFakeClock();
  const nodes = startLocalNodes(truths.map((truth): Partial<FakeTruth> => ({
    chainId: 4242,
    block: HEAD,
    time: NOW,
    overrides: true,
    weiAt: (_, block) => 1_000_000_000n - block,
    ...truth,
  })));
  using _nodes = nodes;
  using pool = openPool(nodes.urls, {
    accounts: ACCOUNTS,
    clock,
    ...options,
    plan: { chainId: 4242, ...options.plan },
  });
  const source = new EvmSource(pool.network);
  const { limits } = pool;
  await source.poll(pool.network.plan.accounts, limits);
  const before = pool.records.length;
  const { length } = pool.faults;
  const points: Read["points"][number][] = [];
  const result = await source.readPast({
    accounts: pool.network.plan.accounts,
    ages: HOURS,
    limits,
    onPast: ({ age, amounts }) => void points.push({ age, amounts: new Map(amounts) }),
  });
  return { result, points, requests: pool.records.length - before, faults: pool.faults.slice(length) };
}

/** Answers calls at old blocks in another way. */
function atBlock(answer: (number: bigint) => unknown): FakeTruth["answer"] {
  return ({ method, params }) => {
    const [, at] = params;
    return method === "eth_call" && typeof at === "string" && at.startsWith("0x") ? answer(BigInt(at)) : undefined;
  };
}

function refuseBelow(oldest: bigint): FakeTruth["answer"] {
  return atBlock((number) => {
    if (number < oldest) throw Object.assign(new Error(GONE.message), GONE);
  });
}

/** Asserts that each amount is that of its block. */
function checkAmounts({ points }: Read): void {
  for (const { age, amounts } of points) {
    const expected = 1_000_000_000n - (HEAD - BigInt(age));
    assert.deepEqual([...amounts.values()], ACCOUNTS.map(() => expected), `${age} s ago`);
    assert.deepEqual([...amounts.keys()], toAccounts(ACCOUNTS));
  }
}

Deno.test("readPast() reads each hour of a day in 25 requests, though the pace of the chain is not known", async () => {
  const all = await read([{}]);
  assert.equal(all.result.failure, undefined);
  assert.equal(all.requests, 25);
  assert.deepEqual(all.points.map(({ age }) => age), HOURS);
  checkAmounts(all);
});

Deno.test("V3: readPast() reads what a node that drops old state has, and says that there is no more", async () => {
  const all = await read([{ answer: refuseBelow(HEAD - 5n * 3600n - 60n) }]);
  assert.deepEqual(all.points.map(({ age }) => age), HOURS.slice(0, 5));
  assert.deepEqual([all.result.failure?.reason, all.result.failure?.refusal], ["state_unavailable", undefined]);
  assert.ok(all.requests <= 8, `${all.requests} requests`);
  checkAmounts(all);
});

Deno.test("readPast() reads 126 blocks back where a node keeps 128", async () => {
  const all = await read([{ answer: refuseBelow(HEAD - 127n) }]);
  assert.deepEqual([all.points.map(({ age }) => age), all.requests], [[126], 3]);
  assert.equal(all.result.failure?.reason, "state_unavailable");
  checkAmounts(all);
  const none = await read([{ answer: refuseBelow(HEAD - 100n) }]);
  assert.deepEqual([none.points.length, none.requests], [0, 3]);
});

Deno.test("readPast() never reads an endpoint that does not run state overrides", async () => {
  const all = await read([{ overrides: false }]);
  assert.deepEqual([all.requests, all.points.length, all.result.endpoint], [0, 0, undefined]);
  assert.match(String(all.result.failure?.message), /no endpoint runs state overrides/);
  const other = await read([{ overrides: false }, {}]);
  assert.equal(other.requests, 0, "a standby was never read");
});

Deno.test("V3: readPast() takes nothing of another chain, nor of another block", async () => {
  const cases: readonly (readonly [string, string, Partial<FakeTruth>])[] = [
    ["ignores the block", "state_unavailable", { ignoresBlocks: ["eth_call"] }],
    ["is of a block that the chain counts otherwise, by its time", "integrity", {
      ignoresBlocks: ["eth_call"],
      evmBlock: 9_000_000n,
    }],
  ];
  for (const [what, reason, truth] of cases) {
    const all = await read([truth]);
    assert.deepEqual([all.points.length, all.result.failure?.reason], [0, reason], what);
    assert.deepEqual(new Set(all.faults), new Set([reason]), what);
  }
});

Deno.test("readPast() reads a chain whose EVM reports the blocks of its parent chain", async () => {
  const all = await read([{ evmBlock: 19_000_000n }]);
  assert.equal(all.result.failure, undefined);
  assert.deepEqual(all.points.map(({ age }) => age), HOURS);
  checkAmounts(all);
});

Deno.test("V3: readPast() takes balances that are all 0 for those of a node that dropped them", async () => {
  const all = await read([{ weiAt: (_, block) => block < HEAD - 10_000n ? 0n : 1_000_000_000n - block }]);
  assert.deepEqual(all.points.map(({ age }) => age), HOURS.slice(0, 2));
  assert.match(String(all.result.failure?.message), /all balances are 0 in older blocks/);
  const one = await read([{ weiAt: (_, block) => block < HEAD - 10_000n ? 0n : 7n }], { accounts: accountsOf(1) });
  assert.equal(one.points.length, 24, "one wallet may have been empty");
});

Deno.test("readPast() takes with a quorum what as many endpoints report", async () => {
  const plan = { quorum: 2 };
  const [, second = ""] = ACCOUNTS;
  const odd: Partial<FakeTruth> = {
    balances: new Map([[second, 1n]]),
    weiAt: (wei, block) => 1_000_000_000n - block + (block < HEAD ? wei : 0n),
  };
  const alike = await read([{}, {}], { plan });
  assert.deepEqual([alike.points.length, alike.requests], [24, 49]);
  checkAmounts(alike);
  const differing = await read([{}, odd], { plan });
  assert.deepEqual(differing.points.map(({ amounts }) => amounts.size), HOURS.map(() => 2));
  const few = await read([{}, { overrides: false }], { plan });
  assert.match(String(few.result.failure?.message), /fewer than 2 endpoints run state overrides/);
});

Deno.test("readPast() passes on what is newer than the first failure", async () => {
  const answer = atBlock((number) => {
    if (number < HEAD - 20_000n && number > HEAD - 24_000n) throw new Response("", { status: 503 });
  });
  const all = await read([{ answer }]);
  assert.deepEqual(all.points.map(({ age }) => age), HOURS.slice(0, 5));
  assert.equal(all.result.failure?.reason, "http_server");
});
