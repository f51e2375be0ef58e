import assert from "node:assert/strict";
import fc from "fast-check";
import { nextTick } from "../../src/poller/poll_network.ts";

const interval = fc.integer({ min: 1000, max: 86_400_000 });
const moment = fc.integer({ min: 0, max: 10 ** 12 });

Deno.test("nextTick() stays on the grid, is never in the past and counts what it leaves out", () => {
  fc.assert(fc.property(moment, interval, fc.nat({ max: 10 ** 10 }), (last, interval, late) => {
    const now = last + late;
    const { at, skipped } = nextTick(last, interval, now);
    assert.equal(at, last + (skipped + 1) * interval);
    assert.ok(at >= now, "it is in the past");
    assert.ok(skipped === 0 || at - interval < now, "an earlier tick would have done");
    assert.ok(Number.isSafeInteger(skipped) && skipped >= 0);
  }));
});

Deno.test("nextTick() keeps to a real clock's fractions", () => {
  const fraction = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(fc.property(fraction, interval, fraction, (last, interval, late) => {
    const { at, skipped } = nextTick(last, interval, last + late);
    assert.ok(at - (last + late) > -1e-6, "it is in the past");
    assert.ok(at - last > interval - 1e-6, "it is before the next tick");
    assert.equal(at, last + (skipped + 1) * interval);
  }));
});

Deno.test("nextTick() neither loses nor adds a tick over many polls", () => {
  fc.assert(fc.property(interval, fc.array(fc.nat({ max: 10 ** 9 })), (interval, works) => {
    let tick = 0;
    let gone = 0;
    for (const work of works) {
      const { at, skipped } = nextTick(tick, interval, tick + work);
      tick = at;
      gone += skipped + 1;
    }
    assert.equal(tick, gone * interval);
  }));
});

Deno.test("nextTick() takes the tick that is due this very moment", () => {
  assert.deepEqual(nextTick(1000, 100, 1100), { at: 1100, skipped: 0 });
  assert.deepEqual(nextTick(1000, 100, 1200), { at: 1200, skipped: 1 });
  assert.deepEqual(nextTick(1000, 100, 1201), { at: 1300, skipped: 2 });
});

Deno.test("nextTick() waits a whole interval when the clock is before the last tick", () => {
  assert.deepEqual(nextTick(1000, 100, 999), { at: 1100, skipped: 0 });
});
