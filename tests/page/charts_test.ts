import assert from "node:assert/strict";
import fc from "fast-check";
import { bar, sparkline } from "../../src/page/charts.ts";
import { plot, ticks, timeTicks } from "../../src/page/plot.ts";

Deno.test("sparkline() is a path from the first point to the last, and nothing of one point", () => {
  assert.deepEqual([sparkline([], 10), sparkline([[0, 1]], 10)], [undefined, undefined]);
  const line = sparkline([[0, 0], [5, 10], [10, 10]], 10)?.text;
  assert.match(line ?? "", /<path d="M0 19l48-18h48"\/>/);
});

Deno.test("sparkline() draws what does not change in the middle", () => {
  assert.match(sparkline([[0, 7], [10, 7]], 10)?.text ?? "", /d="M0 10h96"/);
});

Deno.test("bar() is full at twice its highest mark, and nothing without one", () => {
  assert.deepEqual([bar(1, []), bar(1, [0])], [undefined, undefined]);
  assert.match(bar(1, [1, 2])?.text ?? "", /d="M0 0h24v8H0"\/><path d="M24 0v8M48 0v8"\/>/);
  assert.match(bar(100, [2])?.text ?? "", /d="M0 0h96v8H0"/);
});

Deno.test("ticks() are round, even, and enclose the values", () => {
  assert.deepEqual(ticks(0, 1), [0, 0.5, 1]);
  assert.deepEqual(ticks(0.9, 1.5), [0.8, 1, 1.2, 1.4, 1.6]);
  assert.deepEqual(ticks(5, 5), [4, 6]);
  const value = fc.double({ min: 0, max: 1e15, noNaN: true });
  fc.assert(fc.property(value, value, (one, other) => {
    const [low, high] = one < other ? [one, other] : [other, one];
    if (high < 1e-12) return;
    const made = ticks(low, high);
    assert.ok(
      (made[0] ?? NaN) <= low * (1 + 1e-9) && (made.at(-1) ?? NaN) >= high * (1 - 1e-9),
      `${low}…${high}: ${made}`,
    );
    assert.ok(made.length >= 2 && made.length <= 7, String(made));
  }));
});

Deno.test("timeTicks() are round times within the range, eight at most", () => {
  assert.deepEqual(timeTicks(95, 130), [100, 110, 120, 130]);
  const day = timeTicks(1_700_000_000, 1_700_086_400);
  assert.ok(day.every((time) => time % 10_800 === 0) && day.length === 8, String(day));
  fc.assert(fc.property(fc.integer({ min: 0, max: 2e9 }), fc.integer({ min: 0, max: 100_000 }), (start, span) => {
    const made = timeTicks(start, start + span);
    assert.ok(made.length <= 9 && made.every((time) => time >= start && time <= start + span));
  }));
});

Deno.test("plot() says in words what it shows", () => {
  const made = plot({
    title: "Balance <of>",
    description: "From 1 to 2",
    points: [[0, 1], [60, 2]],
    marks: [[60, 2]],
    levels: [{ name: "minimum", value: 1.5 }],
  }).text;
  assert.match(made, /role="img"><title>Balance &#60;of&#62;<\/title><desc>From 1 to 2<\/desc>/);
  assert.equal([...made.matchAll(/<circle /g)].length, 1);
  assert.match(made, /minimum<\/text>/);
  assert.doesNotMatch(made, /NaN|Infinity|undefined/);
});
