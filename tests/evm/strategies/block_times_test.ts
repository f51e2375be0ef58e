import assert from "node:assert/strict";
import fc from "fast-check";
import { createBlockTimes } from "../../../src/evm/strategies/block_times.ts";

const HEAD = { number: 1_000_000n, time: 1_700_000_000 };

Deno.test("createBlockTimes() finds blocks at the pace of the chain until it knows better", () => {
  const times = createBlockTimes(HEAD, 12);
  assert.equal(times.numberAt(HEAD.time - 3600), HEAD.number - 300n);
  times.note({ number: HEAD.number - 300n, time: HEAD.time - 600 });
  assert.equal(times.numberAt(HEAD.time - 3600), HEAD.number - 1800n);
  assert.equal(times.numberAt(HEAD.time - 300), HEAD.number - 150n);
});

Deno.test("createBlockTimes() never goes below the first block", () => {
  assert.equal(createBlockTimes({ number: 5n, time: HEAD.time }, 12).numberAt(HEAD.time - 3600), 0n);
});

Deno.test("createBlockTimes() finds the last block before a time between two blocks that follow each other", () => {
  const times = createBlockTimes(HEAD, 12);
  times.note({ number: HEAD.number - 1n, time: HEAD.time - 7200 });
  assert.equal(times.numberAt(HEAD.time - 3600), HEAD.number - 1n);
  assert.ok(times.has(HEAD.number - 1n) && !times.has(HEAD.number - 2n));
});

Deno.test("createBlockTimes() finds a block within the longest gap before any time, on any chain", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 50, maxLength: 300 });
  fc.assert(fc.property(gaps, fc.double({ min: 0, max: 0.999, noNaN: true }), (gaps, share) => {
    const chain = gaps.reduce<number[]>((chain, gap) => [...chain, (chain.at(-1) ?? 0) + gap], [1_600_000_000]);
    const last = chain.length - 1;
    const times = createBlockTimes({ number: BigInt(last), time: chain[last] ?? NaN }, 12);
    const wanted = (chain[0] ?? NaN) + Math.floor(share * ((chain[last] ?? NaN) - (chain[0] ?? NaN)));
    for (let step = 0; step < last; step++) {
      const number = times.numberAt(wanted);
      if (times.has(number)) break;
      times.note({ number, time: chain[Number(number)] ?? assert.fail(`${number}`) });
    }
    const found = chain[Number(times.numberAt(wanted))] ?? NaN;
    assert.ok(found <= wanted && wanted - found < Math.max(...gaps), `${found} ${wanted}`);
  }));
});

Deno.test("createBlockTimes() finds the head at its time, or later", () => {
  const times = createBlockTimes(HEAD, 12);
  times.note({ number: HEAD.number - 300n, time: HEAD.time - 3600 });
  assert.deepEqual([0, 1, 7200].map((seconds) => times.numberAt(HEAD.time + seconds)), Array(3).fill(HEAD.number));
});

Deno.test("createBlockTimes() finds the block of a time, and the one before any other", () => {
  const times = createBlockTimes(HEAD, 12);
  const before = (seconds: number): bigint => HEAD.number - times.numberAt(HEAD.time - seconds);
  // At the pace of the chain, and then between two blocks.
  assert.deepEqual([1, 12, 13, 24].map(before), [1n, 1n, 2n, 2n]);
  times.note({ number: HEAD.number - 10n, time: HEAD.time - 100 });
  assert.deepEqual([1, 10, 11, 100, 101, 110].map(before), [1n, 1n, 2n, 10n, 11n, 11n]);
});

Deno.test("createBlockTimes() takes the pace of all known blocks, of a fast chain as well", () => {
  const times = createBlockTimes(HEAD, 12);
  times.note({ number: HEAD.number - 4n, time: HEAD.time - 1 });
  assert.equal(times.numberAt(HEAD.time - 10), HEAD.number - 40n);
  const same = createBlockTimes(HEAD, 12);
  same.note({ number: HEAD.number - 4n, time: HEAD.time });
  assert.equal(same.numberAt(HEAD.time - 24), HEAD.number - 6n, "blocks of one second have no pace");
});

Deno.test("createBlockTimes() takes blocks in any order, each once", () => {
  const times = createBlockTimes(HEAD, 12);
  times.note({ number: HEAD.number - 600n, time: HEAD.time - 3000 });
  times.note({ number: HEAD.number - 300n, time: HEAD.time - 1000 });
  assert.equal(times.numberAt(HEAD.time - 500), HEAD.number - 150n);
  times.note({ number: HEAD.number - 300n, time: HEAD.time - 2000 });
  assert.equal(times.numberAt(HEAD.time - 500), HEAD.number - 150n);
  assert.equal(times.numberAt(HEAD.time - 1500), HEAD.number - 375n);
});

Deno.test("createBlockTimes() halves the blocks between two where the pace is another one around them", () => {
  const make = (...blocks: readonly (readonly [before: number, seconds: number])[]) => {
    const times = createBlockTimes(HEAD, 12);
    for (const [before, seconds] of blocks) {
      times.note({ number: HEAD.number - BigInt(before), time: HEAD.time - seconds });
    }
    return (seconds: number): number => Number(HEAD.number - times.numberAt(HEAD.time - seconds));
  };
  const burst = make([100, 100], [300, 1100]);
  assert.deepEqual([burst(50), burst(300), burst(900)], [50, 200, 200]);
  const even = make([100, 100], [300, 900]);
  assert.deepEqual([even(50), even(300), even(900)], [50, 150, 300]);
  // The pace of the blocks before decides as well, and none that is farther away.
  const slowBefore = make([100, 100], [200, 200], [300, 1000]);
  assert.deepEqual([slowBefore(50), slowBefore(125), slowBefore(600)], [50, 150, 250]);
});

Deno.test("createBlockTimes() finds a block soon, however uneven the pace", () => {
  // A block per hour for a day, and then one every two seconds.
  const timeOf = (number: number): number => number < 30 ? 3600 * number : 3600 * 30 + 2 * (number - 30);
  const last = 330;
  const times = createBlockTimes({ number: BigInt(last), time: timeOf(last) }, 12);
  times.note({ number: 0n, time: 0 });
  let tries = 0;
  for (let found = -1n; tries < 20; tries++) {
    const next = times.numberAt(timeOf(20));
    if (next === found) break;
    found = next;
    times.note({ number: found, time: timeOf(Number(found)) });
  }
  assert.ok(tries <= 8, `${tries} tries`);
  assert.equal(times.numberAt(timeOf(20)), 20n);
});

Deno.test("createBlockTimes() knows which time a block cannot have", () => {
  const times = createBlockTimes(HEAD, 12);
  times.note({ number: HEAD.number - 300n, time: HEAD.time - 3600 });
  const isInOrder = (blocks: number, seconds: number): boolean =>
    times.isInOrder({ number: HEAD.number - BigInt(blocks), time: HEAD.time - seconds });
  assert.ok(isInOrder(1, 12) && isInOrder(150, 1800) && isInOrder(600, 7200) && isInOrder(300, 3600));
  assert.ok(!isInOrder(150, 3601) && !isInOrder(600, 3000) && !isInOrder(150, -1));
  assert.ok(!isInOrder(300, 3599) && !isInOrder(300, 3601), "each block has one time");
});

Deno.test("createBlockTimes() knows that a thousand blocks are the most within a second", () => {
  const times = createBlockTimes(HEAD, 12);
  const isInOrder = (blocks: bigint): boolean => times.isInOrder({ number: HEAD.number + blocks, time: HEAD.time });
  assert.deepEqual([-1001n, -1000n, -5n, 0n, 1000n, 1001n].map(isInOrder), [false, true, true, true, true, false]);
});
