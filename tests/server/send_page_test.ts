import assert from "node:assert/strict";
import type { HeldPage } from "../../src/metrics/pages/render_page.ts";
import { createPageReaders, pacedBody } from "../../src/server/send_page.ts";
import { type FakeConnection, fakeConnection } from "../fakes/fake_connection.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { joinParts } from "../../src/metrics/pages/piece.ts";

const MIB = 1024 * 1024;

Deno.test("createPageReaders() disconnects readers of the oldest page above 32 MiB of pages", async () => {
  const clock = createFakeClock();
  const addReader = createPageReaders();
  const read = (page: HeldPage): FakeConnection => {
    const connection = fakeConnection(clock);
    addReader(page, connection.begin());
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
  const clock = createFakeClock();
  const addReader = createPageReaders();
  const connections = [1, 2, 3].map(() => fakeConnection(clock));
  for (const connection of connections) addReader({ size: 40 * MIB }, connection.begin());
  assert.deepEqual(connections.map(({ isClosed }) => isClosed), [true, false, false]);
});

Deno.test("createPageReaders() disconnects stalled readers of old pages above half of that", async () => {
  const clock = createFakeClock();
  const addReader = createPageReaders();
  const [stalled, reading, last] = [1, 2, 3].map(() => fakeConnection(clock));
  assert.ok(stalled && reading && last);
  const page = { size: 14 * MIB };
  const [one, two] = [stalled.begin(), reading.begin()];
  for (const exchange of [one, two]) {
    addReader(page, exchange);
    exchange.startResponse();
  }
  await clock.advance(1000);
  two.progress();
  addReader({ size: 1 }, last.begin());
  assert.deepEqual([stalled.isClosed, reading.isClosed], [false, false]);
  addReader({ size: 14 * MIB }, last.begin());
  assert.deepEqual([stalled.isClosed, reading.isClosed], [true, false]);
});

Deno.test("pacedBody() sends parts without copying, a slice whenever the client has room", async () => {
  const part = fc.tuple(fc.constantFrom(0, 1, 5000, 128 * 1024, 300_000), fc.nat(255))
    .map(([size, byte]) => new Uint8Array(size).fill(byte));
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      let taken = 0;
      const chunks = await Array.fromAsync(pacedBody(joinParts(parts), () => taken++));
      assert.equal(Buffer.compare(Buffer.concat(chunks), Buffer.concat(parts)), 0);
      assert.ok(chunks.every(({ length }) => length > 0 && length <= 256 * 1024));
      assert.ok(chunks.every(({ buffer }) => parts.some((part) => part.buffer === buffer)), "a part was copied");
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      assert.equal(taken, Math.floor(size / (256 * 1024)) + 1);
    }),
    { numRuns: 30 },
  );
});

Deno.test("pacedBody() sends nothing before the client reads", async () => {
  let taken = 0;
  const reader = pacedBody(joinParts([new Uint8Array(1_000_000)]), () => taken++).getReader();
  await Promise.resolve();
  assert.equal(taken, 0);
  await reader.read();
  assert.equal(taken, 1);
  await reader.cancel();
});
