import assert from "node:assert/strict";
import { createSizeLimit, grow, shrink } from "../../../src/chain/strategy/size_limit.ts";

const DAY = 24 * 3_600_000;

Deno.test("shrink() halves, down to one at a time", () => {
  const limit = createSizeLimit(100);
  const sizes = [100, 50, 25, 12, 6, 3].map((tried) => {
    assert.ok(shrink(limit, tried, "size", 0));
    return limit.size;
  });
  assert.deepEqual(sizes, [50, 25, 12, 6, 3, 1]);
});

Deno.test("shrink() learns once from requests that are refused together", () => {
  const limit = createSizeLimit(100);
  const learned = Array.from({ length: 10 }, () => shrink(limit, 100, "size", 0));
  assert.deepEqual(learned, [true, ...new Array(9).fill(false)]);
  assert.equal(limit.size, 50);
});

Deno.test("shrink() goes to one at a time where there are no batches", () => {
  const limit = createSizeLimit(100);
  shrink(limit, 100, "no_batch", 0);
  assert.equal(limit.size, 1);
});

Deno.test("shrink() takes back what was answered before", () => {
  const limit = createSizeLimit(100);
  limit.proven = 100;
  shrink(limit, 100, "size", 0);
  assert.equal(limit.proven, 50);
});

Deno.test("grow() tries twice as many a day after the last refusal, and goes on until refused", () => {
  const limit = createSizeLimit(100);
  shrink(limit, 24, "size", 0);
  grow(limit, DAY - 1);
  assert.equal(limit.size, 12);
  grow(limit, DAY);
  assert.equal(limit.size, 24);
  shrink(limit, 24, "size", DAY);
  grow(limit, DAY + 1);
  assert.equal(limit.size, 12, "the answer is no for another day");
  for (let cycle = 0; cycle < 5; cycle++) grow(limit, 2 * DAY);
  assert.equal(limit.size, 100, "the first size is the largest");
});

Deno.test("grow() tries batches again where there were none", () => {
  const limit = createSizeLimit(100);
  shrink(limit, 2, "no_batch", 0);
  grow(limit, DAY);
  assert.equal(limit.size, 2);
});
