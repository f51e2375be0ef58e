import assert from "node:assert/strict";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { nativeAccount } from "../../../src/assets/native.ts";
import { type ProgramState, programStateOf } from "../../../src/evm/strategies/program_state.ts";
import type { ChunkResult, ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { readWatched } from "../../../src/evm/strategies/read_watched.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { openProgramWorld, type ProgramWorld } from "../../fakes/program_world.ts";
import { codeAccount, nonceAccount, valueOfCode } from "../../fakes/programs.ts";
import { valuesOf } from "../../fakes/read_values.ts";

const HOLDERS = accountsOf(4);
const [A = "", B = "", , D = ""] = HOLDERS;
const COINS = HOLDERS.map(nativeAccount);
/** Two of four are watched, not the first. */
const CODES = [B, D].map(codeAccount);
const CONTRACT = "60016002";
const NONCE = nonceAccount(A);
const KNOWN = new Map(CODES.map((account, index) => [account, index === 0 ? valueOfCode(CONTRACT) : 0n]));
const HOUR = 3_600_000;

interface World extends ProgramWorld {
  readonly state: ProgramState;
  readonly found: ChunkResult[];
  read(previous?: ReadonlyMap<typeof CODES[number], bigint>): Promise<ReadResult | undefined>;
}

/** A world whose program of codes was compared with the method. */
function openWorld(): World {
  const world = openProgramWorld(HOLDERS);
  const { chain, clock } = world;
  for (const [index, holder] of HOLDERS.entries()) chain.balances.set(holder, BigInt(index));
  chain.codes.set(B, CONTRACT);
  const state = programStateOf(world.pool.poolEndpoint.endpoint, CODE_PROGRAM);
  state.comparisons.set(CODE_PROGRAM.name, { chainId: 1, at: clock.now(), isEqual: true });
  const found: ChunkResult[] = [];
  const read: World["read"] = (previous) => readWatched(world.question(COINS, previous), [NONCE, ...CODES], found);
  return Object.assign(world, { state, found, read });
}

Deno.test("readWatched() reads balances, and that codes are the known ones, in the same calls", async () => {
  using world = openWorld();
  const result = await world.read(KNOWN);
  assert.deepEqual(result && valuesOf(result, COINS), [0n, 1n, 2n, 3n]);
  assert.equal(world.asked.length, 1);
  const [found, ...others] = world.found;
  assert.deepEqual([found?.head, others], [{ chainId: 1, block: result?.chunks[0]?.head?.block }, []]);
  assert.deepEqual([...found?.values ?? []], [...KNOWN]);
});

Deno.test("readWatched() finds no codes in a call where one of them changed", async () => {
  using world = openWorld();
  world.chain.codes.set(D, CONTRACT);
  const result = await world.read(KNOWN);
  assert.deepEqual(result && valuesOf(result, COINS), [0n, 1n, 2n, 3n]);
  assert.deepEqual(world.found, []);
});

Deno.test("readWatched() watches what is known of the holders of each call, in their order", async () => {
  using world = openWorld();
  world.pool.poolEndpoint.selector.sizes.packed.size = 1;
  const result = await world.read(KNOWN);
  assert.deepEqual(result && valuesOf(result, COINS), [0n, 1n, 2n, 3n]);
  assert.equal(world.asked.length, 4);
  assert.deepEqual(world.found.map(({ values }) => [...values]), [...KNOWN].map((each) => [each]));
});

Deno.test("readWatched() does not read where nothing is known, or the program does not work", async () => {
  const cases: Readonly<Record<string, (world: World) => Promise<ReadResult | undefined>>> = {
    "nothing is known": (world) => world.read(),
    "no code is known": (world) => world.read(new Map([[NONCE, 1n]])),
    "the program is paused": (world) => {
      world.state.pausedUntil = world.clock.now() + 1;
      return world.read(KNOWN);
    },
    "it was not compared": (world) => {
      world.state.comparisons.clear();
      return world.read(KNOWN);
    },
    "the digest is paused": (world) => {
      world.state.digest.pausedUntil = world.clock.now() + 1;
      return world.read(KNOWN);
    },
  };
  for (const [title, read] of Object.entries(cases)) {
    using world = openWorld();
    assert.deepEqual([await read(world), world.asked], [undefined, []], title);
    world.state.pausedUntil = world.state.digest.pausedUntil = world.clock.now();
    world.state.comparisons.set(CODE_PROGRAM.name, { chainId: 1, at: world.clock.now(), isEqual: true });
    assert.notEqual(await world.read(KNOWN), undefined);
  }
});

Deno.test("readWatched() leaves the digest for an hour where it is refused: at once, or after three times if it worked", async () => {
  using world = openWorld();
  const { chain, clock, state: { digest } } = world;
  const refuse = (): never => {
    throw new Error("execution error");
  };
  chain.check = refuse;
  assert.equal(await world.read(KNOWN), undefined);
  assert.equal(digest.pausedUntil, clock.now() + HOUR);
  clock.skip(HOUR);
  chain.check = () => {};
  assert.notEqual(await world.read(KNOWN), undefined);
  chain.check = refuse;
  for (const isPaused of [false, false, true]) {
    assert.equal(await world.read(KNOWN), undefined);
    assert.equal(digest.pausedUntil > clock.now(), isPaused);
  }
});

Deno.test("readWatched() says nothing of the digest where the block is the cause", async () => {
  using world = openWorld();
  world.chain.check = () => {
    throw new Error("missing trie node 00");
  };
  const result = await world.read(KNOWN);
  assert.equal(result?.failure?.reason, "state_unavailable");
  assert.deepEqual([world.state.digest, world.found], [{ pausedUntil: -Infinity, attempts: 1 }, []]);
});

Deno.test("readWatched() leaves the digest for a minute after a failure of the endpoint, which may be its fault", async () => {
  const fail = (status: number) => (): Response => new Response("", { status });
  const cases: Readonly<Record<string, readonly [change: (world: World) => void, isResult: boolean]>> = {
    "all calls failed": [(world) => world.instead = fail(503), false],
    "the endpoint throttles": [(world) => world.instead = fail(429), true],
    "there is no time for another attempt": [(world) => {
      world.instead = fail(503);
      Object.assign(world.limits, { patient: false });
    }, true],
    "some balances were read": [(world) => {
      Object.assign(world.pool.poolEndpoint.selector.sizes.packed, { size: 2, confirmed: 2 });
      let calls = 0;
      world.instead = () => ++calls === 2 ? fail(503)() : undefined;
    }, true],
  };
  for (const [title, [change, isResult]] of Object.entries(cases)) {
    using world = openWorld();
    const { state: { digest }, clock } = world;
    await world.read(KNOWN);
    change(world);
    assert.equal(await world.read(KNOWN) !== undefined, isResult, title);
    assert.deepEqual(digest, { pausedUntil: clock.now() + 60_000, attempts: 2 }, title);
    world.instead = () => undefined;
    assert.equal(await world.read(KNOWN), undefined);
    clock.skip(60_000);
    Object.assign(world.limits, { patient: true });
    assert.notEqual(await world.read(KNOWN), undefined);
  }
  using world = openWorld();
  world.instead = fail(503);
  assert.equal(await world.read(KNOWN), undefined);
  assert.equal(world.state.digest.pausedUntil, world.clock.now() + HOUR, "it never worked");
});
