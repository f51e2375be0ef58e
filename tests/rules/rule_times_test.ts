import assert from "node:assert/strict";
import { prometheusDuration, ruleTimes } from "../../src/rules/rule_times.ts";

const MINUTE = 60;
const HOUR = 3600;

Deno.test("up to five minutes the interval changes no time of the rules", () => {
  const usual = {
    step: 5 * MINUTE,
    short: HOUR,
    long: 6 * HOUR,
    hour: HOUR,
    day: 24 * HOUR,
    for_short: 70 * MINUTE,
    for_checks: 15 * MINUTE,
    for_slow: 30 * MINUTE,
  };
  assert.deepEqual(ruleTimes(1), usual);
  assert.deepEqual(ruleTimes(5 * MINUTE), usual);
});

Deno.test("longer intervals extend the times, each from where it has too few polls", () => {
  assert.deepEqual(ruleTimes(10 * MINUTE), {
    step: 10 * MINUTE,
    short: HOUR,
    long: 6 * HOUR,
    hour: HOUR,
    day: 24 * HOUR,
    for_short: 70 * MINUTE,
    for_checks: 30 * MINUTE,
    for_slow: 30 * MINUTE,
  });
  assert.deepEqual(ruleTimes(2 * HOUR), {
    step: 2 * HOUR,
    short: 12 * HOUR,
    long: 48 * HOUR,
    hour: 2 * HOUR,
    day: 48 * HOUR,
    for_short: 12 * HOUR + 10 * MINUTE,
    for_checks: 6 * HOUR,
    for_slow: 6 * HOUR,
  });
  assert.deepEqual([ruleTimes(11 * MINUTE).short, ruleTimes(16 * MINUTE).long], [66 * MINUTE, 384 * MINUTE]);
});

Deno.test("durations have the largest unit without remainder", () => {
  const texts = [90, 61, 60, 120, 3599, 3600, 5400, 7200, 90_000].map(prometheusDuration);
  assert.deepEqual(texts, ["90s", "61s", "1m", "2m", "3599s", "1h", "90m", "2h", "25h"]);
});
