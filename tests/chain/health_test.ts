import assert from "node:assert/strict";
import { answer, createHealth, fail, type Health, isResting, recover } from "../../src/chain/health.ts";
import { type Reason, RpcError } from "../../src/rpc/rpc_error.ts";

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
