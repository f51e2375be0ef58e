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

Deno.test("createBlockTimes() knows which time a block cannot have", () => {
  const times = createBlockTimes(HEAD, 12);
  times.note({ number: HEAD.number - 300n, time: HEAD.time - 3600 });
  const isInOrder = (blocks: number, seconds: number): boolean =>
    times.isInOrder({ number: HEAD.number - BigInt(blocks), time: HEAD.time - seconds });
  assert.ok(isInOrder(150, 1800) && isInOrder(600, 7200) && isInOrder(300, 3600));
  assert.ok(!isInOrder(150, 3601) && !isInOrder(600, 3000) && !isInOrder(150, -1));
  assert.ok(isInOrder(5, 0) && !isInOrder(1001, 0), "a thousand blocks are not made within a second");
});
