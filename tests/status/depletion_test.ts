import assert from "node:assert/strict";
import { depletionOf } from "../../src/status/depletion.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const [NEITHER, FAR] = [{ fast: undefined, soon: undefined }, 1000n];

/** An amount that lasts for some seconds at an outflow of one per second. */
function lasting(seconds: number): bigint {
  return BigInt(seconds);
}

Deno.test("a balance that is empty within six hours at the outflow of a day is depleting fast, and soon", () => {
  const day = { hour: undefined, day: 1 };
  assert.deepEqual(depletionOf(lasting(6 * HOUR - 1), {}, day), { fast: 6 * HOUR - 1, soon: 6 * HOUR - 1 });
  assert.equal(depletionOf(lasting(6 * HOUR), {}, day).fast, undefined);
});

Deno.test("the outflow of an hour makes it fast only below a level, and soon otherwise", () => {
  const hour = { hour: 1, day: undefined };
  const amount = lasting(6 * HOUR - 1);
  const seconds = 6 * HOUR - 1;
  assert.deepEqual(depletionOf(amount, {}, hour), { fast: undefined, soon: seconds });
  assert.deepEqual(depletionOf(amount, { minimum: amount, critical: amount }, hour), {
    fast: undefined,
    soon: seconds,
  });
  assert.deepEqual(depletionOf(amount, { minimum: amount + 1n }, hour), { fast: seconds, soon: seconds });
  assert.deepEqual(depletionOf(amount, { critical: amount + 1n }, hour), { fast: seconds, soon: seconds });
  assert.deepEqual(depletionOf(lasting(6 * HOUR), { minimum: FAR * amount }, hour), NEITHER);
});

Deno.test("below a level two days at the outflow of a day are fast", () => {
  const day = { hour: undefined, day: 1 };
  const amount = lasting(2 * DAY - 1);
  assert.equal(depletionOf(amount, { minimum: amount + 1n }, day).fast, 2 * DAY - 1);
  assert.equal(depletionOf(amount, { minimum: amount }, day).fast, undefined);
  assert.equal(depletionOf(lasting(2 * DAY), { minimum: FAR * amount }, day).fast, undefined);
});

Deno.test("below its minimum within three days and empty within seven is soon", () => {
  const day = { hour: undefined, day: 1 };
  const soon = (amount: number, minimum?: number): number | undefined =>
    depletionOf(lasting(amount), minimum === undefined ? {} : { minimum: lasting(minimum) }, day).soon;
  assert.equal(soon(3 * DAY - 1), 3 * DAY - 1);
  assert.equal(soon(3 * DAY), undefined);
  assert.equal(soon(5 * DAY - 1, 2 * DAY), 5 * DAY - 1);
  assert.equal(soon(5 * DAY, 2 * DAY), undefined);
  assert.equal(soon(7 * DAY - 1, 6 * DAY), 7 * DAY - 1);
  assert.equal(soon(7 * DAY, 6 * DAY), undefined);
});

Deno.test("the times are those of the day where both are known, and none without an outflow", () => {
  const amount = lasting(HOUR);
  assert.deepEqual(depletionOf(amount, { minimum: FAR * amount }, { hour: 2, day: 1 }), { fast: HOUR, soon: HOUR });
  assert.deepEqual(depletionOf(lasting(DAY), { minimum: FAR * amount }, { hour: 8, day: 1 }), {
    fast: DAY / 8,
    soon: DAY,
  });
  for (const outflow of [0, -1, undefined]) {
    assert.deepEqual(depletionOf(amount, { minimum: FAR * amount }, { hour: outflow, day: outflow }), NEITHER);
    assert.deepEqual(depletionOf(0n, { minimum: 1n }, { hour: outflow, day: outflow }), NEITHER);
  }
  assert.deepEqual(depletionOf(0n, {}, { hour: 1, day: 1 }), { fast: 0, soon: 0 });
  // Nothing is not below a level where none is configured.
  assert.deepEqual(depletionOf(0n, {}, { hour: 1, day: undefined }), { fast: undefined, soon: 0 });
});
