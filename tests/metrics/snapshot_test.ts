import assert from "node:assert/strict";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, type Entries, networkAt, watched } from "../fakes/watched.ts";

const wallet = [{ address: addressOf(1), label: "w" }];
const two: Entries = { "https://a.example/": wallet, "https://b.example/": wallet };
const hour = 3_600_000;

Deno.test("createSnapshotter() keeps the state of one moment", () => {
  const all = watched(two, { clock: createFakeClock() });
  all.record(0, [COIN]);
  const snapshot = all.snapshot();
  all.record(0, [2n * COIN]);
  all.record(1, [3n * COIN]);
  assert.equal(snapshot.generation, 1);
  assert.deepEqual(snapshot.networks.map(({ states }) => states["native"]?.[0]?.reading?.amount), [COIN, undefined]);
  assert.equal(snapshot.lastCheck, NaN);
  assert.deepEqual(all.snapshot().networks.map(({ states }) => states["native"]?.[0]?.reading?.amount), [
    2n * COIN,
    3n * COIN,
  ]);
});

Deno.test("createSnapshotter() shares series between snapshots", () => {
  const all = watched(two, { clock: createFakeClock() });
  assert.equal(all.snapshot().networks[0]?.series, all.snapshot().networks[0]?.series);
});

Deno.test("createSnapshotter() returns when the next reading becomes too old", async () => {
  const clock = createFakeClock();
  const all = watched(two, { clock, staleAfter: hour });
  assert.equal(all.snapshot().goodUntil, Infinity);
  all.record(0, [COIN]);
  const first = clock.now();
  await clock.advance(hour / 2);
  all.record(1, [COIN]);
  assert.equal(all.snapshot().goodUntil, first + hour);
  await clock.advance(hour / 2);
  assert.equal(all.snapshot().goodUntil, first + hour);
  await clock.advance(1);
  assert.equal(all.snapshot().goodUntil, first + 1.5 * hour);
  await clock.advance(hour);
  assert.equal(all.snapshot().goodUntil, Infinity);
});

Deno.test("createSnapshotter() shows readings for ever when staleAfter is 0", async () => {
  const clock = createFakeClock();
  const all = watched(two, { clock, staleAfter: 0 });
  all.record(0, [COIN]);
  await clock.advance(1000 * hour);
  assert.deepEqual([all.snapshot().goodUntil, all.snapshot().networks[0]?.oldest], [Infinity, -Infinity]);
});

Deno.test("createSnapshotter() takes the oldest end of all networks for the last check", () => {
  const { store, snapshot } = watched(two, { clock: createFakeClock() });
  networkAt(store, 0).lastFinished = 20;
  assert.equal(snapshot().lastCheck, NaN);
  networkAt(store, 1).lastFinished = 10;
  assert.equal(snapshot().lastCheck, 10);
});
