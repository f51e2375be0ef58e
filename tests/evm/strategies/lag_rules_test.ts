import assert from "node:assert/strict";
import {
  createBackendLag,
  isLagging,
  noteRetry,
  noteUnknownBlock,
  pointBelow,
} from "../../../src/evm/strategies/backend_lag.ts";

const HOUR = 3_600_000;
const NOW = 10 * HOUR;
const HEAD = { chainId: 1, block: { number: 100n, time: 1000 } };

Deno.test("isLagging() is an endpoint whose newest block was not there twice in a row, for an hour", () => {
  const lag = createBackendLag();
  assert.equal(isLagging(lag, NOW), false);
  assert.equal(noteUnknownBlock(lag, NOW), true);
  assert.equal(isLagging(lag, NOW), false, "once may be by chance");
  assert.equal(noteUnknownBlock(lag, NOW + HOUR - 1), true);
  assert.equal(isLagging(lag, NOW + HOUR - 1), true);
  assert.equal(isLagging(lag, NOW + 2 * HOUR - 2), true);
  assert.equal(isLagging(lag, NOW + 2 * HOUR - 1), false);
});

Deno.test("noteUnknownBlock() starts to count again when the last time is an hour ago", () => {
  const lag = createBackendLag();
  for (const at of [NOW, NOW + 1, NOW + 1 + HOUR]) noteUnknownBlock(lag, at);
  assert.equal(isLagging(lag, NOW + 1 + HOUR), false);
  noteUnknownBlock(lag, NOW + 2 + HOUR);
  assert.equal(isLagging(lag, NOW + 2 + HOUR), true);
});

Deno.test("noteRetry() has no lower block tried for an hour after it was not there, and forgets what was counted", () => {
  const lag = createBackendLag();
  for (const at of [NOW, NOW]) noteUnknownBlock(lag, at);
  noteRetry(lag, true, NOW);
  assert.equal(lag.retriedAt, NOW);
  assert.equal(isLagging(lag, NOW), false);
  assert.equal(noteUnknownBlock(lag, NOW + HOUR - 1), false);
  assert.equal(noteUnknownBlock(lag, NOW + HOUR), true);
  assert.equal(isLagging(lag, NOW + HOUR), false);
});

Deno.test("noteRetry() keeps its count where no lower block was requested", () => {
  const lag = createBackendLag();
  for (const at of [NOW, NOW]) noteUnknownBlock(lag, at);
  noteRetry(lag, false, NOW + 1);
  assert.equal(lag.retriedAt, NOW + 1);
  assert.equal(isLagging(lag, NOW + 1), true);
  assert.equal(noteUnknownBlock(lag, NOW + 1), true);
});

/** Where balances are read, and whether the time of that block has to be asked for. */
function pointAfter(last: bigint | undefined, isLower: boolean, head = HEAD): readonly unknown[] {
  const block = last === undefined ? undefined : { number: last, time: 990 };
  const { chainId, block: at, unknownTime } = pointBelow(head, { ...createBackendLag(), last: block, isLower });
  assert.equal(chainId, 1);
  return [at?.number, at?.time, unknownTime];
}

const UNKNOWN = { isAsked: false, block: undefined };

Deno.test("pointBelow() is the block before the head, whose time is requested beside the balances", () => {
  assert.deepEqual(pointAfter(undefined, false), [99n, 1000, UNKNOWN]);
  for (const number of [0n, 1n]) {
    const head = { chainId: 1, block: { number, time: 5 } };
    assert.equal(pointAfter(undefined, false, head)[0], 0n, "no block is below the first");
    assert.equal(pointAfter(0n, false, head)[0], 0n);
  }
});

Deno.test("pointBelow() is the block that was read last, below a head, where that is no lower", () => {
  assert.deepEqual(pointAfter(99n, true), [99n, 990, undefined], "its time is known");
  assert.deepEqual(pointAfter(100n, true), [100n, 1000, undefined], "it is the head now");
  assert.deepEqual(pointAfter(98n, true), [99n, 1000, UNKNOWN]);
  assert.deepEqual(pointAfter(101n, true), [99n, 1000, UNKNOWN], "a block above the head is of another backend");
});

Deno.test("pointBelow() is the block before a head that was read last, where that is no lower", () => {
  assert.deepEqual(pointAfter(101n, false), [100n, 1000, undefined]);
  assert.deepEqual(pointAfter(100n, false), [99n, 1000, UNKNOWN]);
  assert.deepEqual(pointAfter(102n, false), [99n, 1000, UNKNOWN]);
});
