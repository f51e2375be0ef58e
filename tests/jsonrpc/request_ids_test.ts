import assert from "node:assert/strict";
import fc from "fast-check";
import { createIds, type Ids } from "../../src/jsonrpc/request_ids.ts";

const LIMIT = 2 ** 31;

function all({ first, step, count }: Ids): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + step * index);
}

Deno.test("createIds() returns ids from 1 to below 2^31, and none in flight, across the wrap", () => {
  const action = fc.record({ count: fc.integer({ min: 1, max: 40 }), keep: fc.integer({ min: 0, max: 6 }) });
  fc.assert(fc.property(
    fc.integer({ min: LIMIT - 20_000, max: LIMIT - 1 }),
    fc.array(action, { minLength: 1, maxLength: 60 }),
    (start, actions) => {
      const take = createIds(start);
      let held: Ids[] = [];
      for (const { count, keep } of actions) {
        const ids = take(count);
        const own = all(ids);
        assert.ok(own.every((id) => Number.isSafeInteger(id) && id >= 1 && id < LIMIT), `${own}`);
        assert.ok(ids.step >= 100, "a neighbour's id is near");
        const taken = new Set(held.flatMap(all));
        assert.ok(own.every((id) => !taken.has(id)), "an id in flight is given again");
        held = [...held, ids];
        held.splice(0, held.length - keep);
      }
    },
  ));
});

Deno.test("createIds() returns 2^31 - 1 and nothing above, in steps from 100 to 199", () => {
  assert.deepEqual([LIMIT - 1, LIMIT, LIMIT + 5].map((start) => createIds(start)(1).first), [LIMIT - 1, 1, 1]);
  const take = createIds(1);
  const steps = Array.from({ length: 2000 }, () => take(2).step);
  assert.deepEqual([Math.min(...steps), Math.max(...steps)], [100, 199]);
});

Deno.test("createIds() fits any number of calls below 2^31", () => {
  const take = createIds(LIMIT - 1);
  for (const count of [1, 100_000, 20_000_000, 21_474_837]) {
    const ids = take(count);
    const { first, step } = ids;
    assert.ok(first >= 1 && step >= 1 && first + step * (count - 1) < LIMIT, `${count}`);
  }
});
