import assert from "node:assert/strict";
import { createHealth, type Health } from "../../src/server/health.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { addressOf, type Entries, networkAt, type Watched, watched } from "../fakes/watched.ts";

const wallet = [{ address: addressOf(1), label: "w" }];
const two: Entries = { "https://a.example/": wallet, "https://b.example/": wallet };
const interval = 60_000;

interface Judged {
  readonly clock: FakeClock;
  readonly all: Watched;
  readonly health: Health;
  readonly stop: AbortController;
  /** What is wrong with the listener. */
  readonly listening: string[];
}

function judged(entries = two, every = interval): Judged {
  const clock = createFakeClock();
  const all = watched(entries, { clock });
  const stop = new AbortController();
  const listening: string[] = [];
  const options = { store: all.store, clock, interval: () => every, listening: () => listening, stop: stop.signal };
  return { clock, all, health: createHealth(options), stop, listening };
}

Deno.test("createHealth() reports a network whose poll is overdue, and nothing before", async () => {
  const { clock, all, health } = judged();
  assert.deepEqual(health.problems(), []);
  await clock.advance(2.9 * interval);
  assert.deepEqual(health.problems(), []);
  networkAt(all.store, 0).lastTick = clock.now();
  await clock.advance(1);
  assert.deepEqual(health.problems(), ["network b: no poll was started for 174 s"]);
  networkAt(all.store, 1).lastTick = clock.now();
  assert.deepEqual(health.problems(), []);
});

Deno.test("createHealth() is unhealthy while an address is not listened on", () => {
  const { health, listening } = judged();
  listening.push("not listening on [::]:8080: Too many open files");
  assert.deepEqual(health.problems(), ["not listening on [::]:8080: Too many open files"]);
  listening.pop();
  assert.deepEqual(health.problems(), []);
});

Deno.test("createHealth() allows for polls that a rate limit makes long", async () => {
  const { clock, all, health } = judged();
  const slow = networkAt(all.store, 0);
  slow.endsBy = clock.now() + 10 * interval;
  networkAt(all.store, 1).lastTick = clock.now() + 12 * interval;
  await clock.advance(12 * interval);
  assert.deepEqual(health.problems(), []);
  await clock.advance(1);
  assert.deepEqual(health.problems(), ["network a: no poll was started for 720 s"]);
});

Deno.test("createHealth() is healthy while nodes fail", async () => {
  const { clock, all, health } = judged();
  for (let poll = 0; poll < 10; poll++) {
    await clock.advance(interval);
    for (const index of [0, 1]) {
      networkAt(all.store, index).lastTick = clock.now();
      all.record(index, ["connect"]);
    }
    assert.deepEqual(health.problems(), []);
    assert.equal(health.notReady(), undefined);
  }
});

Deno.test("createHealth() is independent of the wall clock", () => {
  const { clock, health } = judged();
  clock.setWall(86_400);
  assert.deepEqual(health.problems(), []);
});

Deno.test("createHealth() is ready after the first poll of each network, successful or not", () => {
  const { all, health } = judged();
  assert.equal(health.notReady(), "the first poll has not finished");
  all.record(0, [1n]);
  assert.equal(health.notReady(), "the first poll has not finished");
  all.record(1, ["timeout"]);
  assert.equal(health.notReady(), undefined);
});

Deno.test("createHealth() is ready after 30 seconds or an interval at the latest", async () => {
  for (const [every, wait] of [[300_000, 30_000], [5000, 5000]] as const) {
    const { clock, health } = judged(two, every);
    await clock.advance(wait - 1);
    assert.equal(health.notReady(), "the first poll has not finished");
    await clock.advance(1);
    assert.equal(health.notReady(), undefined);
  }
});

Deno.test("createHealth() is not ready while stopping, but stays healthy", () => {
  const { all, health, stop } = judged();
  all.record(0, [1n]);
  all.record(1, [1n]);
  stop.abort();
  assert.equal(health.notReady(), "stopping");
  assert.deepEqual(health.problems(), []);
});

Deno.test("createHealth() is ready and healthy immediately without networks", () => {
  const { health } = judged({});
  assert.equal(health.notReady(), undefined);
  assert.deepEqual(health.problems(), []);
});
