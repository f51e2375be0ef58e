import assert from "node:assert/strict";
import fc from "fast-check";
import { isAhead, isBefore, isBehind, isOlder, isReadOtherwise } from "../../src/model/block.ts";

const block = fc.record({ number: fc.bigInt({ min: 0n, max: 20n }), time: fc.nat(20) });

Deno.test("isOlder() goes by time, since a chain that was restarted counts its blocks from 0 again", () => {
  assert.ok(isOlder({ number: 1_000n, time: 5 }, { number: 1n, time: 6 }));
  assert.ok(!isOlder({ number: 1n, time: 6 }, { number: 1_000n, time: 5 }));
});

Deno.test("isOlder() goes by number where the time is the same", () => {
  assert.ok(isOlder({ number: 1n, time: 5 }, { number: 2n, time: 5 }));
  assert.ok(!isOlder({ number: 2n, time: 5 }, { number: 2n, time: 5 }));
});

Deno.test("isOlder() is an order: of two different blocks exactly one is older", () => {
  fc.assert(fc.property(block, block, (one, other) => {
    const isSame = one.number === other.number && one.time === other.time;
    assert.equal(Number(isOlder(one, other)) + Number(isOlder(other, one)), isSame ? 0 : 1);
  }));
});

Deno.test("isOlder() does not compare a block number of the EVM with one of the chain itself", () => {
  assert.ok(!isOlder({ number: 1n, time: 5 }, { number: 2n, time: 5, byEvm: true }));
  assert.ok(!isOlder({ number: 1n, time: 5, byEvm: true }, { number: 2n, time: 5 }));
  assert.ok(isOlder({ number: 1n, time: 5, byEvm: true }, { number: 2n, time: 5, byEvm: true }));
});

Deno.test("isAhead() bears clocks that are two minutes off", () => {
  const now = 1_700_000_000;
  assert.deepEqual([-86_400, 0, 120, 121].map((ahead) => isAhead({ number: 1n, time: now + ahead }, now)), [
    false,
    false,
    false,
    true,
  ]);
});

Deno.test("isBefore() finds the block right before another, of backends that are no more than 45 s apart", () => {
  const newer = { number: 10n, time: 1000 };
  assert.ok(isBefore({ number: 9n, time: 988 }, newer));
  assert.ok(isBefore({ number: 9n, time: 955 }, newer));
  assert.ok(!isBefore({ number: 9n, time: 954 }, newer));
  for (const number of [8n, 10n, 11n]) assert.ok(!isBefore({ number, time: 988 }, newer), `block ${number}`);
  assert.ok(!isBefore({ number: 9n, time: 988, byEvm: true }, newer));
  assert.ok(isBefore({ number: 9n, time: 988, byEvm: true }, { ...newer, byEvm: true }));
});

Deno.test("isBehind() bears that the EVM reports a time a little after that of the header", () => {
  const last = { number: 9n, time: 100 };
  const behind = (number: bigint, time: number, byEvm = false): boolean =>
    isBehind(byEvm ? { number, time, byEvm } : { number, time }, last);
  assert.deepEqual([behind(9n, 100), behind(9n, 101), behind(8n, 90), behind(7n, 90)], [false, false, false, true]);
  assert.deepEqual([behind(9n, 55, true), behind(9n, 54, true), behind(9n, 55)], [false, true, true]);
  assert.ok(!isBehind(last, { number: 9n, time: 145, byEvm: true }));
});

Deno.test("isReadOtherwise() is of one block that was read in two ways", () => {
  const byEvm = { number: 9n, time: 1, byEvm: true } as const;
  assert.ok(isReadOtherwise({ number: 9n, time: 100 }, byEvm));
  assert.ok(isReadOtherwise(byEvm, { number: 9n, time: 100 }));
  assert.ok(!isReadOtherwise({ number: 8n, time: 100 }, byEvm));
  assert.ok(!isReadOtherwise(byEvm, { ...byEvm, time: 2 }));
});
