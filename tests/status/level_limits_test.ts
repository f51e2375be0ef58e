import assert from "node:assert/strict";
import { thresholdOf } from "../../src/config/model/threshold.ts";
import { limitsOf } from "../../src/status/level_limits.ts";

Deno.test("limits are thresholds in the smallest unit, without those that cannot be compared", () => {
  assert.deepEqual(limitsOf({}, 18), {});
  assert.deepEqual(limitsOf({ minimum: "1.5", warning: "many", maximum: "30" }, 2), { minimum: 150n, maximum: 3000n });
  const minimum = thresholdOf("0.5", "", 18);
  assert.deepEqual(limitsOf({ minimum }, 18), { minimum: 5n * 10n ** 17n });
});

Deno.test("limits are converted once, and again when the decimals are others", () => {
  const thresholds = { minimum: "2" };
  const limits = limitsOf(thresholds, 6);
  assert.equal(limitsOf(thresholds, 6), limits);
  assert.deepEqual(limitsOf(thresholds, 8), { minimum: 200_000_000n });
  assert.deepEqual(limitsOf(thresholds, 6), { minimum: 2_000_000n });
});
