import assert from "node:assert/strict";
import type { HeldPage } from "../../src/metrics/render_page.ts";
import { createPageReaders } from "../../src/server/page_readers.ts";
import { type FakeConnection, fakeConnection } from "../fakes/exchanges.ts";
import { createManualClock } from "../fakes/manual_clock.ts";

const MIB = 1024 * 1024;

Deno.test("createPageReaders() cuts off who reads the oldest page, once more than 32 MiB of old pages are read", async () => {
  const clock = createManualClock();
  const readers = createPageReaders();
  const read = (page: HeldPage): FakeConnection => {
    const connection = fakeConnection(clock);
    readers.add(page, connection.begin());
    return connection;
  };
  const pages = [14, 14, 14, 1, 14].map((size) => ({ size: size * MIB }));
  const [one, two, three, small, last] = pages;
  assert.ok(one && two && three && small && last);
  const first = [read(one), read(two), read(one)];
  assert.deepEqual(first.map(({ isClosed }) => isClosed), [false, false, false]);
  const third = read(three);
  assert.deepEqual(first.map(({ isClosed }) => isClosed), [true, false, true]);
  read(small);
  third.close();
  await Promise.resolve();
  read(last);
  assert.deepEqual(first.map(({ isClosed }) => isClosed), [true, false, true], "what was read to its end still counts");
});

Deno.test("createPageReaders() keeps two pages of any size", () => {
  const clock = createManualClock();
  const readers = createPageReaders();
  const connections = [1, 2, 3].map(() => fakeConnection(clock));
  for (const connection of connections) readers.add({ size: 40 * MIB }, connection.begin());
  assert.deepEqual(connections.map(({ isClosed }) => isClosed), [true, false, false]);
});

Deno.test("createPageReaders() cuts off who has stalled on an old page at half of that", async () => {
  const clock = createManualClock();
  const readers = createPageReaders();
  const [stalled, reading, last] = [1, 2, 3].map(() => fakeConnection(clock));
  assert.ok(stalled && reading && last);
  const page = { size: 14 * MIB };
  const [one, two] = [stalled.begin(), reading.begin()];
  for (const exchange of [one, two]) {
    readers.add(page, exchange);
    exchange.answer();
  }
  await clock.advance(1000);
  two.take();
  readers.add({ size: 1 }, last.begin());
  assert.deepEqual([stalled.isClosed, reading.isClosed], [false, false]);
  readers.add({ size: 14 * MIB }, last.begin());
  assert.deepEqual([stalled.isClosed, reading.isClosed], [true, false]);
});
