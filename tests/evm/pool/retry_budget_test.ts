import assert from "node:assert/strict";
import fc from "fast-check";
import { createRetryBudget } from "../../../src/evm/pool/retry_budget.ts";

Deno.test("createRetryBudget() has two requests at first, and one more for each ten that gave something", () => {
  const budget = createRetryBudget();
  assert.deepEqual([budget.take(2), budget.take(1)], [true, false]);
  for (let request = 0; request < 9; request++) budget.earn(1);
  assert.equal(budget.take(1), false);
  budget.earn(1);
  assert.deepEqual([budget.take(1), budget.take(1)], [true, false]);
});

Deno.test("createRetryBudget() never lets more than a tenth and two through, and saves up ten at most", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 40 }))), (steps) => {
    const budget = createRetryBudget();
    let earned = 0;
    let taken = 0;
    for (const [requests, wanted] of steps) {
      budget.earn(requests);
      earned += requests;
      if (!budget.take(wanted)) continue;
      taken += wanted;
      assert.ok(wanted <= 10);
    }
    assert.ok(taken <= 2 + 0.1 * earned + 1e-6);
  }));
});

Deno.test("createRetryBudget() goes into debt for what has to be sent, and is paid back first", () => {
  const budget = createRetryBudget();
  budget.spend(5);
  budget.earn(30);
  assert.equal(budget.take(0.1), false);
  budget.earn(10);
  assert.equal(budget.take(1), true);
});

Deno.test("createRetryBudget() saves up ten requests, and lends ten", () => {
  const budget = createRetryBudget();
  budget.earn(1000);
  assert.deepEqual([budget.take(10), budget.take(0.1)], [true, false]);
  budget.spend(1000);
  budget.earn(100);
  assert.equal(budget.take(0.1), false);
  budget.earn(10);
  assert.deepEqual([budget.take(1), budget.take(0.1)], [true, false]);
});
