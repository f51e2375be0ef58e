import assert from "node:assert/strict";
import { createPastOrder, type PastOrder } from "../../../src/evm/pool/past_order.ts";

const NOW = 1_700_000_000;
const HOUR = 3600;

interface World {
  readonly order: PastOrder;
  /** The ages that were passed on so far. */
  readonly passed: number[];
  /** Adds a block of an age, whose number is as of another. */
  add(age: number, numberOf?: number): void;
  /** The missing blocks, by the age that they are estimated for. */
  missing(): readonly number[];
}

/** A chain with a block per second, of which blocks are estimated right unless `estimate` says otherwise. */
function openWorld(ages: readonly number[], { headAge = 0, estimate = (age: number): number => age } = {}): World {
  const numberOf = (age: number): bigint => BigInt(NOW - age);
  const passed: number[] = [];
  const order = createPastOrder({
    head: { number: numberOf(headAge), time: NOW - headAge },
    times: { numberAt: (time) => numberOf(estimate(NOW - time)) },
    now: NOW,
    ages,
    onPast: ({ age, amounts }) => {
      assert.deepEqual([...amounts], []);
      passed.push(age);
    },
  });
  return {
    order,
    passed,
    add: (age, numbered = age) => order.add({ number: numberOf(numbered), time: NOW - age, amounts: new Map() }),
    missing: () => order.missing().map((number) => NOW - Number(number)),
  };
}

Deno.test("missing() are the blocks of all ages, the newest first, each once", () => {
  assert.deepEqual(openWorld([HOUR, 2 * HOUR]).missing(), [HOUR, 2 * HOUR]);
  const estimate = (age: number): number => Math.min(age, HOUR);
  assert.deepEqual(openWorld([HOUR, 2 * HOUR, 3 * HOUR], { estimate }).missing(), [HOUR]);
});

Deno.test("missing() is not the head, nor what was read", () => {
  assert.deepEqual(openWorld([HOUR], { estimate: () => 0 }).missing(), []);
  const world = openWorld([HOUR, 2 * HOUR]);
  world.add(2 * HOUR);
  assert.deepEqual(world.missing(), [HOUR]);
  world.order.pass(true);
  assert.deepEqual([world.passed, world.missing()], [[2 * HOUR], []], "what is newer comes too late");
});

Deno.test("missing() is no age with a block at most five minutes away, or with the block that was estimated", () => {
  for (const [difference, missing] of [[300, []], [301, [HOUR]], [-300, []], [-301, [HOUR]]] as const) {
    const world = openWorld([HOUR]);
    world.add(HOUR + difference);
    assert.deepEqual(world.missing(), missing, `${difference}`);
  }
  const world = openWorld([HOUR]);
  world.add(HOUR + 1000, HOUR);
  assert.deepEqual(world.missing(), []);
});

Deno.test("missing() is not read again where its block was another age's", () => {
  const world = openWorld([HOUR, 2 * HOUR, 3 * HOUR], { estimate: (age) => age === 2 * HOUR ? HOUR : age });
  world.add(HOUR);
  world.order.pass(false);
  assert.deepEqual([world.passed, world.missing()], [[HOUR], [3 * HOUR]]);
  // Nothing can be read between them: the next one is passed on.
  world.add(3 * HOUR);
  world.order.pass(false);
  assert.deepEqual(world.passed, [HOUR, 3 * HOUR]);
});

Deno.test("pass() waits for all newer blocks, and passes each on once", () => {
  const world = openWorld([HOUR, 2 * HOUR, 3 * HOUR]);
  for (const [age, passed] of [[2, []], [3, []], [1, [1, 2, 3]]] as const) {
    world.add(age * HOUR);
    world.order.pass(false);
    assert.deepEqual(world.passed, passed.map((hours) => hours * HOUR));
  }
  world.order.pass(true);
  assert.equal(world.passed.length, 3);
});

Deno.test("pass() takes the block that was estimated for an age, although it is of another", () => {
  const world = openWorld([HOUR, 2 * HOUR]);
  world.add(1.4 * HOUR, HOUR);
  world.add(2 * HOUR);
  world.order.pass(false);
  assert.deepEqual(world.passed, [1.4 * HOUR, 2 * HOUR]);
});

Deno.test("pass() keeps what is near no age until the last", () => {
  const world = openWorld([HOUR]);
  for (const age of [6, 1, 5]) world.add(age * HOUR);
  world.order.pass(false);
  assert.deepEqual(world.passed, [HOUR]);
  world.order.pass(true);
  assert.deepEqual(world.passed, [HOUR, 5 * HOUR, 6 * HOUR]);
});

Deno.test("pass() passes on at last what is left, the newest first, with gaps", () => {
  const world = openWorld([HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]);
  for (const age of [4 * HOUR, 2 * HOUR, 5 * HOUR, 2.5 * HOUR]) world.add(age);
  world.order.pass(false);
  assert.deepEqual(world.passed, []);
  world.order.pass(true);
  assert.deepEqual(world.passed, [2 * HOUR, 4 * HOUR, 5 * HOUR]);
});

Deno.test("pass() passes on no block within five minutes of a newer one, or of the head", () => {
  const world = openWorld([900, 1100], { headAge: 600 });
  world.add(900);
  world.add(901);
  world.add(1201);
  world.add(1202);
  world.order.pass(true);
  assert.deepEqual(world.passed, [901, 1202]);
  const near = openWorld([900, 901], { headAge: 600 });
  assert.deepEqual(near.missing(), [901], "such ages are not read either");
});
