import assert from "node:assert/strict";
import fc from "fast-check";
import { type Change, createHistory } from "../../src/poller/history.ts";
import { type Outflow, outflowOf, outflowsOf, secondsUntil, steadyOutflowOf } from "../../src/poller/trend.ts";
import { accountOf } from "../fakes/accounts.ts";
import { addressOf } from "../fakes/watched.ts";

/** Of no account here. */
const LARGEST = { largest: 0, largestSeconds: 0 };
const DAY: Change = { amount: -86_400, spent: 86_400, spentSeconds: 86_400, ...LARGEST, seconds: 86_400 };

Deno.test("outflowOf() is what was spent in a second of the time without top-ups", () => {
  assert.equal(outflowOf(DAY), 1);
  assert.equal(outflowOf({ amount: 1000, spent: 600, spentSeconds: 1200, ...LARGEST, seconds: 1800 }), 0.5);
});

Deno.test("outflowOf() is 0 of a value that was never spent, also if it always increased", () => {
  assert.equal(outflowOf({ amount: 0, spent: 0, spentSeconds: 3600, ...LARGEST, seconds: 3600 }), 0);
  assert.equal(outflowOf({ amount: 10, spent: 0, spentSeconds: 0, ...LARGEST, seconds: 3600 }), 0);
});

Deno.test("outflowOf() says nothing of less than ten minutes", () => {
  assert.equal(outflowOf(undefined), undefined);
  assert.equal(outflowOf({ amount: -599, spent: 599, spentSeconds: 599, ...LARGEST, seconds: 599 }), undefined);
  assert.equal(outflowOf({ amount: -600, spent: 600, spentSeconds: 600, ...LARGEST, seconds: 600 }), 1);
});

Deno.test("steadyOutflowOf() leaves out the largest decrease, and the time that it took", () => {
  const day: Change = { ...DAY, spent: 1800, spentSeconds: 5400, largest: 1000, largestSeconds: 1800 };
  assert.equal(steadyOutflowOf(day), 800 / 3600);
  assert.equal(steadyOutflowOf({ ...day, spent: 1000 }), 0);
  assert.equal(steadyOutflowOf({ ...day, spent: 1000, spentSeconds: 1800 }), 0);
  assert.equal(steadyOutflowOf({ ...day, seconds: 599 }), undefined);
  assert.equal(steadyOutflowOf(undefined), undefined);
});

/** The outflows of an account with these changes. */
function outflows(changes: Partial<Record<"hour" | "day", Partial<Change>>>): Outflow {
  const history = createHistory([]);
  const known: Change = {
    amount: -600,
    spent: 600,
    spentSeconds: 900,
    largest: 100,
    largestSeconds: 300,
    seconds: 7200,
  };
  return outflowsOf({
    ...history,
    change(_account, window) {
      const change = changes[window];
      return change && { ...known, ...change };
    },
  }, accountOf(addressOf(1)));
}

Deno.test("outflowsOf() is the steady outflow of each window, of a day once two hours of it are known", () => {
  assert.deepEqual(outflows({}), { hour: undefined, day: undefined });
  assert.deepEqual(outflows({ hour: { seconds: 3600 }, day: { spent: 1300 } }), { hour: 500 / 600, day: 2 });
  assert.equal(outflows({ day: { seconds: 7199 } }).day, undefined);
  assert.equal(outflows({ hour: { seconds: 599 } }).hour, undefined);
});

Deno.test("outflowsOf() says nothing while the largest decrease is all but five minutes of what is known", () => {
  assert.equal(outflows({ day: { spentSeconds: 599 } }).day, undefined);
  assert.equal(outflows({ day: { spentSeconds: 600 } }).day, 500 / 300);
  assert.equal(outflows({ day: { spentSeconds: 599, spent: 0.5, largest: 0.5 } }).day, undefined);
  // It only increased.
  assert.equal(outflows({ day: { spent: 0, largest: 0, spentSeconds: 0, largestSeconds: 0 } }).day, 0);
});

Deno.test("secondsUntil() is the time until a value is empty or at its limit", () => {
  assert.deepEqual([secondsUntil(100n, 2), secondsUntil(100n, 2, 40n)], [50, 30]);
  assert.deepEqual([secondsUntil(0n, 2), secondsUntil(40n, undefined, 40n), secondsUntil(39n, 0, 40n)], [0, 0, 0]);
});

Deno.test("secondsUntil() is unknown where nothing is spent or known", () => {
  assert.deepEqual([secondsUntil(1n, 0), secondsUntil(1n, undefined)], [undefined, undefined]);
});

Deno.test("secondsUntil() of a value that is spent evenly is right, whatever its size", () => {
  fc.assert(fc.property(
    fc.bigInt({ min: 1n, max: 2n ** 200n }),
    fc.integer({ min: 1, max: 10_000_000 }),
    (perSecond, seconds) => {
      const left = secondsUntil(perSecond * BigInt(seconds), Number(perSecond)) ?? NaN;
      assert.ok(Math.abs(left - seconds) <= 1e-9 * seconds, `${left} is not ${seconds}`);
    },
  ));
});
