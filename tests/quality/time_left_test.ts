import assert from "node:assert/strict";
import { predictTimes, shareWithin } from "./time_left.ts";

const SEEDS = Array.from({ length: 12 }, (_, index) => 5001 + index);

Deno.test("the predicted time to empty of steady wallets is within 20 % in 90 % of the cases, while gas costs the same", () => {
  const steady = SEEDS.flatMap((seed) => [...predictTimes(seed, "constant")]).filter(({ isSteady }) => isSteady);
  assert.ok(steady.length > 2000, `${steady.length}`);
  const share = shareWithin(steady.map(({ error }) => error), 0.2);
  assert.ok(share >= 0.9, `${share}`);
});

Deno.test("while the gas price changes, it is neither too long nor too short in the median, and nearly as good as it can be", () => {
  const steady = SEEDS.flatMap((seed) => [...predictTimes(seed, "changing")]).filter(({ isSteady }) => isSteady);
  assert.ok(steady.length > 1000, `${steady.length}`);
  const errors = steady.map(({ error }) => error).toSorted((one, other) => one - other);
  const median = errors[errors.length >> 1] ?? NaN;
  assert.ok(Math.abs(median) < 0.06, `${median}`);
  const share = shareWithin(errors, 0.2);
  const halfKnown = shareWithin(steady.map(({ halfKnownError }) => halfKnownError), 0.2);
  assert.ok(share >= 0.42, `${share}`);
  assert.ok(halfKnown < 0.8, `${halfKnown}: even knowing half of the future does not give 90 %`);
});
