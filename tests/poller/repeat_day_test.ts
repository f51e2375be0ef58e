import assert from "node:assert/strict";
import { type ColumnReading, timeIfDayRepeats } from "../../src/poller/repeat_day.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Readings at even intervals, back from now; the change of each by its hour before now. */
function readings(changeAt: (hoursAgo: number) => number, step = 30 * MINUTE, hours = 24): readonly ColumnReading[] {
  return Array.from({ length: Math.round(hours * HOUR / step) + 1 }, (_, index) => {
    const at = -hours * HOUR + index * step;
    return { at, change: index === 0 ? 0 : changeAt((step / 2 - at) / HOUR) };
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
  const toppedUp = readings((ago) => ago > 20 && ago < 20.5 ? 100 : -0.5);
  assert.ok(Math.abs(hoursLeft(toppedUp, 12) - 12) < 1e-9);
});

Deno.test("timeIfDayRepeats() sees an even outflow in what is sent once an hour", () => {
  let count = 0;
  const hourly = readings(() => ++count % 2 === 0 ? -1 : 0);
  assert.ok(Math.abs(hoursLeft(hourly, 12) - 12) <= 1);
});

Deno.test("timeIfDayRepeats() says nothing of uneven hours, of less than a day, and of no outflow", () => {
  assert.equal(timeIfDayRepeats(readings((ago) => ago > 12 ? -0.2 : -0.8), 1), undefined);
  assert.equal(timeIfDayRepeats(readings((ago) => ago > 23 ? -50 : -0.5), 1), undefined, "one large transfer");
  assert.equal(timeIfDayRepeats(readings(() => -0.5, 30 * MINUTE, 22), 1), undefined);
  assert.equal(timeIfDayRepeats(readings(() => 0), 1), undefined);
  assert.equal(timeIfDayRepeats(readings(() => 1), 1), undefined);
  assert.equal(timeIfDayRepeats([], 1), undefined);
});

Deno.test("timeIfDayRepeats() leaves out what is older than a day", () => {
  const older = readings((ago) => ago > 24 ? -100 : -0.5, 30 * MINUTE, 25);
  assert.ok(Math.abs(hoursLeft(older, 12) - 12) < 1e-9);
});
