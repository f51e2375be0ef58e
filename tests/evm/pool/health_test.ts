import assert from "node:assert/strict";
import {
  answer,
  convalesce,
  createHealth,
  fail,
  failReading,
  type Health,
  isResting,
  recover,
} from "../../../src/evm/pool/health.ts";
import { type Reason, REASON_NAMES, RpcError } from "../../../src/jsonrpc/errors.ts";

const INTERVAL = 1000;

/** The seconds at which an endpoint is asked that fails whenever it is, in cycles of a second. */
function askedAt(reason: Reason, seconds: number, health: Health = createHealth()): readonly number[] {
  const asked: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const startedAt = second * INTERVAL;
    if (isResting(health, startedAt)) continue;
    asked.push(second);
    fail(health, new RpcError(reason, ""), { startedAt, interval: INTERVAL });
  }
  return asked;
}

Deno.test("fail() leaves a broken endpoint alone for twice as long each time, up to 30 s", () => {
  assert.deepEqual(askedAt("connect", 130), [0, 1, 3, 7, 15, 31, 61, 91, 121]);
});

Deno.test("fail() leaves it alone for 5 min at once where it never worked, and for 15 min without a quota", () => {
  assert.deepEqual(askedAt("auth", 700), [0, 300, 600]);
  assert.deepEqual(askedAt("http_client", 400), [0, 300]);
  assert.deepEqual(askedAt("quota", 2000), [0, 900, 1800]);
});

Deno.test("B4: fail() leaves one that worked alone for 5 min when it was refused in three cycles in a row", () => {
  for (const reason of ["auth", "http_client"] as const) {
    const health = createHealth();
    recover(health);
    assert.deepEqual(askedAt(reason, 700, health), [0, 1, 2, 302, 602], reason);
    assert.ok(health.probing, "it is asked something cheap");
  }
  const health = createHealth();
  recover(health);
  assert.deepEqual(askedAt("quota", 1000, health), [0, 900]);
});

Deno.test("B4: fail() counts no refusals that another fault, or an answer, came between", () => {
  const health = createHealth();
  recover(health);
  const reasons = ["auth", "auth", "connect", "auth", "auth"] as const;
  for (const [cycle, reason] of reasons.entries()) {
    fail(health, new RpcError(reason, ""), { startedAt: cycle * INTERVAL, interval: INTERVAL });
  }
  assert.ok(!isResting(health, reasons.length * INTERVAL));
  recover(health);
  for (let cycle = 10; cycle < 12; cycle++) {
    fail(health, new RpcError("auth", ""), { startedAt: cycle * INTERVAL, interval: INTERVAL });
  }
  assert.ok(!isResting(health, 12 * INTERVAL));
});

Deno.test("fail() leaves no endpoint alone for what only balances failed by", () => {
  for (const reason of ["throttled", "rpc_error", "bad_value", "integrity", "lagging"] as const) {
    assert.equal(askedAt(reason, 10).length, 10, reason);
  }
});

Deno.test("fail() counts a second attempt in one cycle for no second failure", () => {
  const health = createHealth();
  const cycle = { startedAt: 0, interval: INTERVAL };
  fail(health, new RpcError("reset", ""), cycle);
  fail(health, new RpcError("reset", ""), cycle);
  assert.equal(health.failures, 1);
  assert.ok(!isResting(health, INTERVAL));
});

Deno.test("answer() ends the asking first where it tells nothing, but for credentials and quotas", () => {
  const health = createHealth();
  const cycle = { startedAt: 0, interval: INTERVAL };
  fail(health, new RpcError("http_server", ""), cycle);
  assert.ok(health.probing);
  answer(health);
  fail(health, new RpcError("http_server", ""), cycle);
  assert.ok(!health.probing, "it answers what is cheap, and fails all the same");
  fail(health, new RpcError("quota", ""), cycle);
  assert.ok(health.probing);
});

Deno.test("recover() forgets all failures", () => {
  const health = createHealth();
  askedAt("connect", 60, health);
  recover(health);
  assert.ok(!isResting(health, 60_000));
  assert.deepEqual(askedAt("connect", 8, health), [0, 1, 3, 7]);
});

/** What an endpoint may say, or not say, that has to do with what it was asked for. */
const OF_BALANCES: ReadonlySet<Reason> = new Set([
  "throttled",
  "too_large",
  "missing",
  "rpc_error",
  "bad_value",
  "lagging",
  "state_unavailable",
  "integrity",
  "reverted",
  "internal",
]);

/** A cycle that begins at a moment, in milliseconds. */
function at(startedAt: number, interval = INTERVAL) {
  return { startedAt, interval };
}

Deno.test("fail() leaves an endpoint alone, and has it asked something cheap, for what concerns all it is asked", () => {
  for (const reason of REASON_NAMES) {
    const health = createHealth();
    fail(health, new RpcError(reason, ""), at(0));
    assert.equal(health.probing, !OF_BALANCES.has(reason), reason);
    assert.equal(isResting(health, 1), !OF_BALANCES.has(reason), reason);
    assert.deepEqual([health.failure?.reason, health.asked], [reason, true]);
  }
});

Deno.test("createHealth() lets an endpoint be read at once that nothing was asked of yet", () => {
  const { failure, asked, probing, worked, deceptive } = createHealth();
  assert.deepEqual([failure, asked, probing, worked, deceptive], [undefined, false, false, false, false]);
  assert.ok(!isResting(createHealth(), 0));
});

Deno.test("an endpoint rests until the moment its pause is over, less a twentieth of the interval", () => {
  for (
    const [reason, pause] of [["connect", 1000], ["auth", 300_000], ["http_client", 300_000], [
      "quota",
      900_000,
    ]] as const
  ) {
    const health = createHealth();
    fail(health, new RpcError(reason, ""), at(0));
    assert.ok(isResting(health, pause - 51), reason);
    assert.ok(!isResting(health, pause - 50), reason);
  }
});

Deno.test("a pause is never longer than 30 s, or than the interval where that is longer", () => {
  for (const [interval, pause] of [[1000, 30_000], [60_000, 60_000]] as const) {
    const health = createHealth();
    for (let cycle = 0; cycle < 10; cycle++) fail(health, new RpcError("connect", ""), at(cycle, interval));
    assert.equal(health.restUntil, 9 + pause - interval / 20);
  }
});

Deno.test("recover() and answer() let an endpoint be read from at once", () => {
  for (const note of [recover, answer]) {
    const health = createHealth();
    fail(health, new RpcError("connect", ""), at(0));
    health.asked = false;
    note(health);
    assert.deepEqual([health.probing, isResting(health, 0), health.asked], [false, false, true]);
  }
});

Deno.test("recover() forgets that an endpoint answered what was cheap and failed all the same", () => {
  const health = createHealth();
  answer(health);
  recover(health);
  fail(health, new RpcError("http_server", ""), at(0));
  assert.ok(health.probing);
});

Deno.test("convalesce() takes an endpoint for well 300 s after it failed to give all balances, and not before", () => {
  const failure = new RpcError("state_unavailable", "");
  const health = createHealth();
  recover(health);
  failReading(health, failure, at(0));
  Object.assign(health, { asked: false, probing: true, restUntil: Infinity });
  convalesce(health, at(299_999));
  assert.deepEqual([health.failure, health.asked, health.probing], [failure, true, false]);
  assert.ok(!isResting(health, 299_999), "it may be read from all the same");
  convalesce(health, at(300_000));
  assert.equal(health.failure, undefined);
});

Deno.test("convalesce() takes an endpoint for well at once that was behind, or on another chain, or not reached", () => {
  for (const reason of ["lagging", "wrong_chain"] as const) {
    const health = createHealth();
    failReading(health, new RpcError(reason, ""), at(0));
    assert.equal(health.failure?.reason, reason);
    convalesce(health, at(1000));
    assert.equal(health.failure, undefined, reason);
  }
  const health = createHealth();
  fail(health, new RpcError("connect", ""), at(0));
  convalesce(health, at(1000));
  assert.equal(health.failure, undefined);
});
