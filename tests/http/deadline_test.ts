import assert from "node:assert/strict";
import { systemClock } from "../../src/util/clock.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";

Deno.test("startDeadline() aborts when the time has passed, and not before", async () => {
  const clock = createFakeClock();
  using deadline = startDeadline(clock, 1000);
  assert.equal(deadline.remaining(), 1000);
  await clock.advance(999);
  assert.deepEqual([deadline.remaining(), deadline.signal.aborted], [1, false]);
  await clock.advance(1);
  assert.deepEqual([deadline.remaining(), deadline.signal.aborted], [0, true]);
});

Deno.test("startDeadline() aborts with the enclosing signal", async () => {
  const clock = createFakeClock();
  const above = new AbortController();
  using deadline = startDeadline(clock, 1000, above.signal);
  await clock.advance(1);
  above.abort();
  assert.deepEqual([deadline.remaining(), deadline.signal.aborted], [0, true]);
});

Deno.test("startDeadline() has passed at once if the enclosing signal is aborted", () => {
  using deadline = startDeadline(createFakeClock(), 1000, AbortSignal.abort());
  assert.deepEqual([deadline.remaining(), deadline.signal.aborted], [0, true]);
});

Deno.test("startDeadline() aborts with an enclosing deadline", async () => {
  const clock = createFakeClock();
  using wide = startDeadline(clock, 100);
  using narrow = startDeadline(clock, 1000, wide.signal);
  await clock.advance(100);
  assert.ok(narrow.signal.aborted);
});

Deno.test("startDeadline() leaves no timer and does not abort after its disposal", async () => {
  const clock = createFakeClock();
  const above = new AbortController();
  const deadline = startDeadline(clock, 1000, above.signal);
  deadline[Symbol.dispose]();
  assert.equal(clock.sleepers, 0);
  await clock.advance(2000);
  above.abort();
  assert.equal(deadline.signal.aborted, false);
});

Deno.test("startDeadline() leaves no timer of the system after its disposal", () => {
  // The sanitizer fails this test if one stays.
  for (let round = 0; round < 1000; round++) startDeadline(systemClock, 60_000)[Symbol.dispose]();
});
