import assert from "node:assert/strict";
import { createSlots } from "../../src/server/slots.ts";
import { fakeConnection } from "../fakes/fake_connection.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";

Deno.test("createSlots() holds a slot until the exchange has ended", async () => {
  const clock = createFakeClock();
  const take = createSlots(2, false);
  const [one, two, three] = [1, 2, 3].map(() => fakeConnection(clock).begin());
  assert.ok(one && two && three);
  assert.deepEqual([take(one), take(two), take(three)], [true, true, false]);
  one.end();
  await one.ended;
  assert.equal(take(three), true);
});

Deno.test("createSlots() has no limit with a maximum of 0", () => {
  const clock = createFakeClock();
  const take = createSlots(0, true);
  const connection = fakeConnection(clock);
  for (let count = 0; count < 1000; count++) assert.ok(take(connection.begin()));
});

Deno.test("createSlots() limits a client to half of the slots, and a connection to a quarter", () => {
  const clock = createFakeClock();
  const take = createSlots(40, true);
  const streams = fakeConnection(clock, "a");
  const taken = Array.from({ length: 20 }, () => take(streams.begin()));
  assert.equal(taken.filter((got) => got).length, 10, "one connection took more than a quarter");
  const others = Array.from({ length: 60 }, () => take(fakeConnection(clock, "a").begin()));
  assert.equal(others.filter((got) => got).length, 10, "one client took more than half");
  assert.ok(take(fakeConnection(clock, "b").begin()));
});

Deno.test("createSlots() closes the longest stalled connection if clients share an address", async () => {
  const clock = createFakeClock();
  const take = createSlots(4, false);
  const connections = [1, 2, 3, 4].map(() => fakeConnection(clock));
  for (const connection of connections) {
    const exchange = connection.begin();
    assert.ok(take(exchange));
    exchange.startResponse();
    await clock.advance(100);
  }
  assert.equal(take(fakeConnection(clock).begin()), false, "who has only begun to read was cut off");
  await clock.advance(600);
  assert.ok(take(fakeConnection(clock).begin()));
  assert.deepEqual(connections.map(({ isClosed }) => isClosed), [true, false, false, false]);
});

Deno.test("createSlots() closes no connection that is receiving or waiting for a page", async () => {
  const clock = createFakeClock();
  const take = createSlots(2, false);
  const [reading, waiting] = [fakeConnection(clock), fakeConnection(clock)];
  const page = reading.begin();
  assert.ok(take(page) && take(waiting.begin()));
  page.startResponse();
  await clock.advance(5000);
  page.progress();
  assert.equal(take(fakeConnection(clock).begin()), false);
  assert.deepEqual([reading.isClosed, waiting.isClosed], [false, false]);
});
