import assert from "node:assert/strict";
import {
  createSizeLimit,
  grow,
  noteAnswer,
  noteRefusal,
  rollback,
  shrink,
} from "../../../src/evm/strategies/size_limit.ts";

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

Deno.test("shrink() assumes no size as confirmed, so that a smaller size is tried once first", () => {
  const limit = createSizeLimit(100);
  limit.confirmed = 100;
  shrink(limit, 100, "size", 0);
  assert.equal(limit.confirmed, 0);
});

Deno.test("shrink() learns nothing from a refusal of far less than was answered before", () => {
  const limit = createSizeLimit(100);
  limit.confirmed = 100;
  assert.ok(!shrink(limit, 2, "size", 0));
  assert.equal(limit.size, 100);
  assert.ok(shrink(limit, 90, "size", 0));
});

Deno.test("shrink() keeps a size learned from a timeout for ten minutes", () => {
  const limit = createSizeLimit(100);
  shrink(limit, 100, "time", 0);
  grow(limit, 600_000 - 1);
  assert.equal(limit.size, 50);
  grow(limit, 600_000);
  assert.equal(limit.size, 100);
});

Deno.test("rollback() undoes what was learned, and freezes the size for ten minutes", () => {
  const limit = createSizeLimit(100);
  limit.confirmed = 100;
  const before = { ...limit };
  for (let tried = 100; tried > 1; tried = limit.size) shrink(limit, tried, "size", 0);
  rollback(limit, before, 0);
  assert.deepEqual([limit.size, limit.confirmed], [100, 100]);
  assert.ok(!shrink(limit, 100, "size", 1));
  assert.ok(shrink(limit, 100, "size", 600_000));
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
  for (let poll = 0; poll < 5; poll++) grow(limit, 2 * DAY);
  assert.equal(limit.size, 100, "the first size is the largest");
});

Deno.test("grow() tries batches again where there were none", () => {
  const limit = createSizeLimit(100);
  shrink(limit, 2, "no_batch", 0);
  grow(limit, DAY);
  assert.equal(limit.size, 2);
});

Deno.test("createSizeLimit() starts with nothing confirmed, and nothing refused", () => {
  const { confirmed, unclearFailures, refusals, hung, size } = createSizeLimit(100);
  assert.deepEqual([confirmed, unclearFailures, refusals, hung, size], [0, 0, 0, false, 100]);
});

Deno.test("shrink() learns from a refusal of half of what was answered before, and of no less", () => {
  for (const [tried, isLearned] of [[50, true], [49, false], [34, false]] as const) {
    const limit = createSizeLimit(100);
    limit.confirmed = 100;
    assert.equal(shrink(limit, tried, "size", 0), isLearned, `${tried} of 100`);
  }
});

Deno.test("rollback() changes nothing where nothing was learned", () => {
  const limit = createSizeLimit(100);
  rollback(limit, { ...limit }, 0);
  assert.ok(shrink(limit, 100, "size", 1));
});

Deno.test("shrink() accepts that batches are not supported, whatever was answered before", () => {
  const limit = createSizeLimit(100);
  limit.confirmed = 100;
  assert.ok(shrink(limit, 2, "no_batch", 0));
  assert.deepEqual([limit.size, limit.confirmed], [1, 0]);
});

Deno.test("noteRefusal() forgets what was answered after two refusals of far less in a row", () => {
  const limit = createSizeLimit(100);
  limit.confirmed = 100;
  for (const [confirmed, isLearned] of [[100, false], [0, false], [0, true]] as const) {
    assert.equal(shrink(limit, 6, "size", 0), isLearned);
    if (!isLearned) noteRefusal(limit, 6);
    assert.equal(limit.confirmed, confirmed);
  }
  assert.equal(limit.size, 3);
});

Deno.test("noteAnswer() keeps the largest confirmed size, and resets failures and refusals up to it", () => {
  for (const [tried, confirmed, refusals] of [[2, 50, 1], [5, 50, 1], [6, 50, 0], [51, 51, 0]] as const) {
    const limit = Object.assign(createSizeLimit(100), { confirmed: 50, unclearFailures: 2, refusals: 1, refused: 6 });
    noteAnswer(limit, tried);
    assert.deepEqual([limit.confirmed, limit.unclearFailures, limit.refusals], [confirmed, 0, refusals]);
  }
});

Deno.test("noteRefusal() starts again after an answer to as much", () => {
  const limit = Object.assign(createSizeLimit(100), { confirmed: 100 });
  for (const [answered, refusals] of [[6, 0], [5, 1]] as const) {
    noteRefusal(limit, 6);
    noteAnswer(limit, answered);
    assert.equal(limit.refusals, refusals);
  }
  noteRefusal(limit, 6);
  assert.deepEqual([limit.confirmed, limit.refusals], [0, 0]);
});
