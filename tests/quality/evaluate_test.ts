import assert from "node:assert/strict";
import { overTime } from "./columns.ts";
import { evaluate } from "./evaluate.ts";
import { parsePromql } from "./promql.ts";
import { readRules, runRules } from "./rules.ts";
import { simulateWallet } from "./wallets.ts";

/** A series with values each minute; undefined where it is stale. */
function database(values: readonly (number | undefined)[]): Parameters<typeof evaluate>[1] {
  const column = Float64Array.from(values, (value) => value ?? NaN);
  return { length: column.length, step: 60, series: new Map([["a", [{ labels: { x: "1" }, values: column }]]]) };
}

function valuesOf(expr: string, values: readonly (number | undefined)[]): readonly number[] {
  const [series] = evaluate(parsePromql(expr), database(values));
  return [...series?.values ?? []];
}

Deno.test("expressions are evaluated at all times at once", () => {
  const values = [5, 4, undefined, 2, 7];
  assert.deepEqual(valuesOf("a offset 1m - a", values), [NaN, 1, NaN, NaN, -5]);
  assert.deepEqual(valuesOf("clamp_min(a - 4, 0) > 0 or 0 * a", values), [1, 0, NaN, 0, 3]);
  assert.deepEqual(valuesOf("last_over_time(a[1m])", values), [5, 4, 4, 2, 7]);
  assert.deepEqual(valuesOf("a < 5 unless on (x) a == 4", values), [NaN, NaN, NaN, 2, NaN]);
  assert.deepEqual(valuesOf("sum_over_time(a[2m:2m])", values), [5, 5, 5, NaN, 7]);
});

Deno.test("a range function is that of the values in the range, with both ends", () => {
  const values = Float64Array.from({ length: 60 }, (_, at) => at % 7 === 3 ? NaN : (at * 37) % 11);
  for (const [length, step] of [[1, 1], [4, 1], [12, 4], [10, 4], [13, 5]] as const) {
    const inRange = (at: number): readonly number[] =>
      [...values.keys()].filter((each) => each % step === 0 && at - length <= each && each <= at)
        .map((each) => values[each] ?? NaN).filter((value) => !Number.isNaN(value));
    const expected = (of: (found: readonly number[]) => number): readonly number[] =>
      [...values.keys()].map((at) => inRange(at).length === 0 ? NaN : of(inRange(at)));
    const sum = (found: readonly number[]): number => found.reduce((total, value) => total + value, 0);
    assert.deepEqual([...overTime(values, "sum", length, step)], expected(sum));
    assert.deepEqual([...overTime(values, "max", length, step)], expected((found) => Math.max(...found)));
    assert.deepEqual([...overTime(values, "count", length, step)], expected((found) => found.length));
    assert.deepEqual([...overTime(values, "last", length, step)], expected((found) => found.at(-1) ?? NaN));
  }
});

Deno.test("an alert waits for `for`, and is kept for `keep_firing_for`", () => {
  const rules = readRules(
    "groups: [{name: g, rules: [{alert: A, expr: a > 1, for: 2m, keep_firing_for: 3m}]}]",
    new Set(["A"]),
  );
  const spans = runRules(rules, database([2, 2, 0, 2, 2, 2, 0, 0, 2, 0, 0, 0, 0, 0])).map(({ from, to }) => [from, to]);
  assert.deepEqual(spans, [[5, 12]]);
});

Deno.test("what is unknown is refused", () => {
  for (const expr of ["a[5m", "deriv(a[5m])", "a ^ 2", "topk(1, a)"]) {
    assert.throws(() => evaluate(parsePromql(expr), database([1])), expr);
  }
});

Deno.test("a seed gives the same wallet-year again, whose coins add up", () => {
  const [one, other] = [simulateWallet(7), simulateWallet(7)];
  assert.deepEqual(one.dryOuts, other.dryOuts);
  assert.deepEqual(one.balance, other.balance);
  assert.notDeepEqual(one.balance, simulateWallet(8).balance);
  const changesAt = new Set(one.topUps);
  for (let minute = 1; minute < 50_000; minute++) {
    const change = (one.balance[minute] ?? 0) - (one.balance[minute - 1] ?? 0);
    if (change > 0) assert.ok(changesAt.has(minute), `minute ${minute}`);
  }
});
