import assert from "node:assert/strict";
import { createBlockTimes } from "../../../src/evm/strategies/block_times.ts";
import { type PastBlock, readBlockTimes, readPastBlock } from "../../../src/evm/strategies/read_past.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { type EvmAnswer, HEAD, openPastWorld, type PastWorld } from "../../fakes/past_world.ts";

const DAY = 86_400;
const [A = "", B = ""] = accountsOf(2);
const TOKEN = `0x${"ab".repeat(20)}`;
const KEYS = [A, B, tokenKey(TOKEN, A)];
const [COIN_A, COIN_B, TOKEN_A] = toAccounts(KEYS);

/** The methods and blocks of each request. */
function asked({ node }: PastWorld): readonly (readonly string[])[] {
  return node.seen.map(({ items }) => items.map(({ method, params }) => `${method.slice(4)} ${params[0]}`));
}

Deno.test("readBlockTimes() reads the head and a block of a day before, in one request", async () => {
  for (const [chainId, blocks] of [[1, 7200], [10, 43_200], [146, 137_143], [4242, 7200]] as const) {
    using world = openPastWorld({ chainId });
    world.timeOf = (number) => number === HEAD.number ? HEAD.time : HEAD.time - DAY;
    const { head, times } = await readBlockTimes(world.of, HEAD.number);
    assert.deepEqual([head.number, head.time], [HEAD.number, HEAD.time]);
    const before = HEAD.number - BigInt(blocks);
    assert.deepEqual(asked(world), [["getBlockByNumber latest", `getBlockByNumber 0x${before.toString(16)}`]]);
    assert.ok(times.has(before));
  }
});

Deno.test("readBlockTimes() reads the first block of a chain that is younger than a day", async () => {
  using world = openPastWorld();
  await readBlockTimes(world.of, 100n);
  assert.equal(asked(world)[0]?.[1], "getBlockByNumber 0x0");
});

Deno.test("readBlockTimes() reads the head alone where two calls are too many, or fail together", async () => {
  using single = openPastWorld();
  single.of.selector.sizes.batch.size = 1;
  await readBlockTimes(single.of, HEAD.number);
  assert.deepEqual(asked(single), [["getBlockByNumber latest"]]);
  using two = openPastWorld();
  two.of.selector.sizes.batch.size = 2;
  await readBlockTimes(two.of, HEAD.number);
  assert.equal(asked(two)[0]?.length, 2);
  using failing = openPastWorld();
  failing.node.truth.instead = ({ isBatch }) => isBatch ? new Response("", { status: 500 }) : undefined;
  const { head } = await readBlockTimes(failing.of, HEAD.number);
  assert.deepEqual([head.number, asked(failing).length], [HEAD.number, 2]);
  failing.node.truth.instead = () => new Response("", { status: 500 });
  await assert.rejects(readBlockTimes(failing.of, HEAD.number), { reason: "http_server" });
});

Deno.test("readBlockTimes() asks again for a head that failed alone, and does without the other block", async () => {
  using world = openPastWorld();
  let fails = true;
  world.timeOf = (number) => {
    if (number < HEAD.number) return undefined;
    fails = !fails;
    return fails ? HEAD.time : undefined;
  };
  const { head, times } = await readBlockTimes(world.of, HEAD.number);
  assert.equal(head.number, HEAD.number);
  assert.deepEqual(asked(world)[1], ["getBlockByNumber latest"]);
  assert.equal(times.numberAt(HEAD.time - 1200), HEAD.number - 100n);
});

Deno.test("readBlockTimes() takes the pace of a block that is less than ten days old, and not newer", async () => {
  for (const [age, isTaken] of [[10 * DAY - 1, true], [10 * DAY, false], [20 * DAY, false], [-1, false]] as const) {
    using world = openPastWorld();
    world.timeOf = (number) => number === HEAD.number ? HEAD.time : HEAD.time - age;
    const { times } = await readBlockTimes(world.of, HEAD.number);
    assert.equal(times.has(HEAD.number - 7200n), isTaken, `${age}`);
  }
});

const NUMBER = HEAD.number - 300n;

function read({ of }: PastWorld, keys: readonly string[] = KEYS): Promise<PastBlock> {
  return readPastBlock(of, toAccounts(keys), NUMBER, createBlockTimes(HEAD, 12));
}

Deno.test("readPastBlock() reads coins and tokens, each by a call of its own", async () => {
  using world = openPastWorld();
  const { number, time, amounts } = await read(world);
  assert.deepEqual([number, time], [NUMBER, HEAD.time - 3600]);
  assert.deepEqual([...amounts], [[COIN_A, 5n], [COIN_B, 5n], [TOKEN_A, 7n]]);
  const calls = world.node.seen.flatMap(({ items }) => items.map(({ params }) => params[1]));
  assert.deepEqual(calls, Array(2).fill(`0x${NUMBER.toString(16)}`));
});

Deno.test("readPastBlock() reads coins alone, and tokens alone", async () => {
  using world = openPastWorld();
  assert.deepEqual([...(await read(world, [A, B])).amounts.keys()], [COIN_A, COIN_B]);
  assert.deepEqual([...(await read(world, [tokenKey(TOKEN, A)])).amounts.keys()], [TOKEN_A]);
  assert.equal(world.node.seen.length, 2);
});

Deno.test("readPastBlock() leaves out a token that failed", async () => {
  using world = openPastWorld();
  const { run } = world;
  world.run = (call) => ({
    ...run(call),
    words: call.program === "wallet-balance-loop!" ? [5n, 5n] : [0n, 0n],
  });
  assert.deepEqual([...(await read(world)).amounts.keys()], [COIN_A, COIN_B]);
});

Deno.test("readPastBlock() fails where the coins do, and does without tokens that do", async () => {
  using world = openPastWorld();
  const { run } = world;
  const failing = (failing: string): PastWorld["run"] => (call) => {
    if (call.program === failing) throw new Error("missing trie node 00");
    return run(call);
  };
  world.run = failing("wallet-balance-loop!");
  await assert.rejects(read(world), { reason: "state_unavailable" });
  world.run = failing("wallet-balance-token");
  assert.deepEqual([...(await read(world)).amounts.keys()], [COIN_A, COIN_B]);
  await assert.rejects(read(world, [tokenKey(TOKEN, A)]), { reason: "state_unavailable" });
});

Deno.test("readPastBlock() fails where there is nothing to read", async () => {
  using world = openPastWorld();
  await assert.rejects(read(world, []), { reason: "missing" });
});

Deno.test("V3: readPastBlock() takes nothing of another chain, of another block, or of two", async () => {
  const time = HEAD.time - 3600;
  const cases: readonly (readonly [string, Partial<EvmAnswer>, reason?: string])[] = [
    ["another chain", { chainId: 2n }, "wrong_chain"],
    ["the next block", { number: NUMBER + 1n }, "state_unavailable"],
    ["the block before", { number: NUMBER - 1n }, "state_unavailable"],
    ["a block not far away", { number: NUMBER + 100_000n }, "state_unavailable"],
    ["one of a chain with few blocks", { number: NUMBER - 100_000n }, "state_unavailable"],
    ["the block of the parent chain", { number: NUMBER + 100_001n }],
    ["another block of the parent chain", { number: NUMBER - 100_001n }],
    ["the time of the head", { time: HEAD.time + 1 }, "integrity"],
  ];
  for (const [title, head, reason] of cases) {
    using world = openPastWorld();
    const { run } = world;
    world.run = (call) => ({ ...run(call), time, ...head });
    if (reason === undefined) assert.equal((await read(world)).time, time);
    else {
      const refusal = reason === "state_unavailable" ? "unsupported" : undefined;
      await assert.rejects(read(world), { reason, refusal }, title);
      assert.deepEqual(new Set(world.pool.faults), new Set([reason]), title);
    }
  }
  using world = openPastWorld();
  const { run } = world;
  world.run = (call) => ({ ...run(call), time: call.program === "wallet-balance-token" ? time : time + 12 });
  const { amounts } = await read(world);
  assert.equal(amounts.size < KEYS.length, true, "two times are two blocks");
  assert.deepEqual(world.pool.faults, ["integrity"]);
});

Deno.test("readPastBlock() learns nothing of the sizes of calls", async () => {
  using world = openPastWorld();
  const { run } = world;
  world.run = (call) => ({ ...run(call), words: call.program === "wallet-balance-loop!" ? [5n] : [] });
  const { selector } = world.of;
  const sizes = JSON.stringify([selector.sizes, selector.views]);
  await read(world).catch(() => {});
  assert.equal(JSON.stringify([selector.sizes, selector.views]), sizes);
});
