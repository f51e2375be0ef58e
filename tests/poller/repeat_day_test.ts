import assert from "node:assert/strict";
import { type ColumnReading, timeIfDayRepeats } from "../../src/poller/repeat_day.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const NOW = 500 * HOUR;

/** Readings at even intervals, back from now; the change of each by its hour before now. */
function readings(changeAt: (hoursAgo: number) => number, step = 30 * MINUTE, hours = 24): readonly ColumnReading[] {
  return Array.from({ length: Math.round(hours * HOUR / step) + 1 }, (_, index) => {
    const at = -hours * HOUR + index * step;
    return { at: NOW + at, change: index === 0 ? 0 : changeAt((step / 2 - at) / HOUR) };
  });
}

const hoursLeft = (of: readonly ColumnReading[], amount: number): number =>
  (timeIfDayRepeats(of, amount) ?? NaN) / HOUR;

Deno.test("timeIfDayRepeats() divides by an even outflow", () => {
  for (const step of [5 * MINUTE, 30 * MINUTE, HOUR]) {
    const even = readings(() => -step / HOUR, step);
    for (const amount of [0, 0.25, 6, 24, 100.5]) assert.ok(Math.abs(hoursLeft(even, amount) - amount) < 1e-9);
  }
});

Deno.test("timeIfDayRepeats() knows the busy hours", () => {
  // In the next 12 hours as 24 to 12 hours ago.
  const busyLater = readings((ago) => ago > 12 ? -0.35 : -0.65);
  assert.ok(Math.abs(hoursLeft(busyLater, 7) - 10) < 1e-9);
  assert.ok(Math.abs(hoursLeft(busyLater, 8.4 + 6.5) - 17) < 1e-9);
  assert.ok(Math.abs(hoursLeft(busyLater, 24 + 7) - (24 + 10)) < 1e-9);
});

Deno.test("timeIfDayRepeats() takes the mean for the times of top-ups", () => {
  for (const topUp of [100, 0.25]) {
    const half = readings((ago) => ago > 20 && ago < 20.5 ? topUp : -0.5);
    assert.ok(Math.abs(hoursLeft(half, 12) - 12) < 1e-9);
    const whole = readings((ago) => ago > 20 && ago < 21 ? topUp : -1, HOUR);
    assert.ok(Math.abs(hoursLeft(whole, 12) - 12) < 1e-9, "the whole of an hour");
  }
});

Deno.test("timeIfDayRepeats() sees an even outflow in what is sent once an hour", () => {
  let count = 0;
  const hourly = readings(() => ++count % 2 === 0 ? -1 : 0);
  assert.ok(Math.abs(hoursLeft(hourly, 12) - 12) <= 1);
});

Deno.test("timeIfDayRepeats() says nothing of uneven hours, of less than a day, and of no outflow", () => {
  assert.equal(timeIfDayRepeats(readings((ago) => ago > 12 ? -0.2 : -0.8), 1), undefined);
  assert.equal(timeIfDayRepeats(readings((ago) => ago > 23 ? -50 : -0.5), 1), undefined, "one large transfer");
  assert.equal(timeIfDayRepeats(readings(() => -0.5, 30 * MINUTE, 22.5), 1), undefined);
  assert.ok(Math.abs(hoursLeft(readings(() => -0.5, 30 * MINUTE, 23), 7) - 7) < 1e-9);
  assert.equal(timeIfDayRepeats(readings(() => 0), 1), undefined);
  assert.equal(timeIfDayRepeats(readings(() => 1), 1), undefined);
  assert.equal(timeIfDayRepeats([], 1), undefined);
});

Deno.test("timeIfDayRepeats() leaves out what is older than a day", () => {
  const older = readings((ago) => ago > 24 ? -100 : -0.5, 30 * MINUTE, 25);
  assert.ok(Math.abs(hoursLeft(older, 12) - 12) < 1e-9);
});

Deno.test("timeIfDayRepeats() joins readings to spans of 55 minutes at least", () => {
  const alternating = (step: number): readonly ColumnReading[] => {
    let count = 0;
    return readings(() => ++count % 2 === 0 ? -1.2 : -0.8, step);
  };
  assert.ok(Math.abs(hoursLeft(alternating(55 * MINUTE), 0.8) - 55 / 60) < 1e-9);
  // Two together: 2 in 108 minutes.
  assert.ok(Math.abs(hoursLeft(alternating(54 * MINUTE), 0.8) - 0.4 * 108 / 60) < 1e-9);
});

Deno.test("timeIfDayRepeats() says nothing from a variation of a half on", () => {
  const varying = (by: number): readonly ColumnReading[] => {
    let count = 0;
    return readings(() => HOUR * (++count % 2 === 0 ? -1 - by : -1 + by), HOUR);
  };
  assert.equal(timeIfDayRepeats(varying(0.5), HOUR), undefined);
  assert.notEqual(timeIfDayRepeats(varying(0.49), HOUR), undefined);
});

Deno.test("timeIfDayRepeats() counts what begins before the day and ends in it, if the half is in it", () => {
  const straddling = (before: number, within: number): number => {
    const day = readings(() => -1, HOUR).slice(2);
    const begin = NOW - 24 * HOUR;
    return hoursLeft([{ at: begin - before, change: 0 }, { at: begin + within, change: -1.5 }, ...day], 1.5);
  };
  // Two hours had 1.5, the others 1 each.
  assert.ok(Math.abs(straddling(HOUR, HOUR) - 2) < 1e-9);
  assert.ok(Math.abs(straddling(HOUR + MINUTE, HOUR) - 1.5) < 1e-9);
});

Deno.test("timeIfDayRepeats() of nothing is a time, whatever the first hour was", () => {
  const idleAtFirst = readings((ago) => ago > 23 ? 0 : -1, HOUR);
  assert.ok(Number.isFinite(hoursLeft(idleAtFirst, 0)));
});

Deno.test("timeIfDayRepeats() of all but nothing of a day is a day, however sums are rounded", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const day = readings((ago) => -0.7 - 0.6 * ((Math.floor(ago) * seed) % 25) / 25, HOUR);
    const perDay = day.reduce((sum, { change }) => sum - change, 0);
    for (const share of [1 - Number.EPSILON / 2, 1 - Number.EPSILON]) {
      assert.ok(Math.abs(hoursLeft(day, perDay * share) - 24) < 1e-6);
    }
  }
});
