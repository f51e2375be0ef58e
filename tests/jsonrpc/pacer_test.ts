import assert from "node:assert/strict";
import { startDeadline } from "../../src/http/deadline.ts";
import { createPacer } from "../../src/jsonrpc/pacer.ts";
import { createFakeClock, settle } from "../fakes/fake_clock.ts";

Deno.test("createPacer() does not wait without a rate", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock });
  using deadline = startDeadline(clock, 1000);
  for (let call = 0; call < 1000; call++) await pacer.acquire(100, deadline);
  assert.equal(pacer.perSecond, Infinity);
});

Deno.test("createPacer() spreads calls evenly over a second, and never in a burst", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock, perSecond: 5 });
  using deadline = startDeadline(clock, 60_000);
  const started = clock.now();
  const sent: number[] = [];
  const all = Array.from({ length: 20 }, async () => {
    await pacer.acquire(1, deadline);
    sent.push(clock.now() - started);
  });
  await clock.advance(10_000);
  await Promise.all(all);
  assert.deepEqual(sent, Array.from({ length: 20 }, (_, index) => 200 * index));
});

Deno.test("createPacer() counts the calls of a batch, and saves nothing up while idle", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock, perSecond: 10 });
  using deadline = startDeadline(clock, 600_000);
  await clock.advance(60_000);
  const started = clock.now();
  const sent: number[] = [];
  const all = [50, 50, 1].map(async (calls) => {
    await pacer.acquire(calls, deadline);
    sent.push(clock.now() - started);
  });
  await clock.advance(20_000);
  await Promise.all(all);
  assert.deepEqual(sent, [0, 5000, 10_000]);
});

Deno.test("createPacer() refuses a slot after the deadline, and frees it", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock, perSecond: 1 });
  using short = startDeadline(clock, 500);
  using long = startDeadline(clock, 5000);
  await pacer.acquire(1, short);
  await assert.rejects(pacer.acquire(1, short), { reason: "throttled" });
  const turn = pacer.acquire(1, long);
  await clock.advance(1000);
  await turn;
});

Deno.test("createPacer() pauses as long as requested, or 1 s, 2 s, 4 s … up to 60 s", () => {
  const clock = createFakeClock();
  const asked = createPacer({ clock, random: () => 1 });
  asked.onThrottled(7000);
  assert.equal(asked.pausedUntil - clock.now(), 7000);
  const pacer = createPacer({ clock, random: () => 1 });
  const pauses: number[] = [];
  return (async () => {
    for (let refusal = 0; refusal < 9; refusal++) {
      pacer.onThrottled(undefined);
      pauses.push(pacer.pausedUntil - clock.now());
      await clock.advance(pacer.pausedUntil - clock.now());
    }
    assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    pacer.onAnswered();
    pacer.onThrottled(undefined);
    assert.equal(pacer.pausedUntil - clock.now(), 1000, "an answer forgives");
  })();
});

Deno.test("createPacer() counts refusals of requests in flight together once", () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock, random: () => 1 });
  for (let request = 0; request < 16; request++) pacer.onThrottled(undefined);
  assert.equal(pacer.pausedUntil - clock.now(), 1000);
});

Deno.test("createPacer() extends a wait when another request is refused", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock, perSecond: 1 });
  using deadline = startDeadline(clock, 60_000);
  await pacer.acquire(1, deadline);
  let sent = NaN;
  const started = clock.now();
  const turn = pacer.acquire(1, deadline).then(() => sent = clock.now() - started);
  await settle();
  pacer.onThrottled(5000);
  await clock.advance(6000);
  await turn;
  assert.equal(sent, 5000);
});

Deno.test("createPacer() learns a lower rate from a refusal, and raises it while there are none", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock });
  using deadline = startDeadline(clock, 10_000_000);
  for (let call = 0; call < 40; call++) await pacer.acquire(1, deadline);
  pacer.onThrottled(1000);
  assert.equal(pacer.perSecond, 20);
  await clock.advance(1000);
  const paces: number[] = [];
  for (let minute = 0; minute < 14; minute++) {
    pacer.onAnswered();
    paces.push(Math.round(pacer.perSecond));
    await clock.advance(60_000);
  }
  assert.deepEqual(paces.slice(0, 4), [20, 30, 45, 68]);
  assert.equal(paces.at(-1), Infinity);
});

Deno.test("createPacer() never exceeds the configured rate", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock, perSecond: 30 });
  using deadline = startDeadline(clock, 10_000_000);
  await pacer.acquire(20, deadline);
  pacer.onThrottled(1000);
  assert.equal(pacer.perSecond, 10);
  for (let minute = 0; minute < 20; minute++) {
    await clock.advance(60_000);
    pacer.onAnswered();
  }
  assert.equal(pacer.perSecond, 30);
});

Deno.test("createPacer() keeps the rate when a refusal follows few calls", async () => {
  const clock = createFakeClock();
  const pacer = createPacer({ clock });
  using deadline = startDeadline(clock, 10_000_000);
  await pacer.acquire(10, deadline);
  pacer.onThrottled(1000);
  assert.equal(pacer.perSecond, Infinity);
});
