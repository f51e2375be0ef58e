import assert from "node:assert/strict";
import {
  type CircuitBreaker,
  createCircuitBreaker,
  isOpen,
  onFailure,
  onProbedBalance,
  onProbeOk,
  onReadFailure,
  onSuccess,
  stateOf,
} from "../../../src/evm/pool/circuit_breaker.ts";
import { type Reason, REASON_NAMES, RpcError } from "../../../src/jsonrpc/errors.ts";

const INTERVAL = 1000;

/** The seconds at which requests are sent to an endpoint that always fails, polled every second. */
function askedAt(reason: Reason, seconds: number, breaker: CircuitBreaker = createCircuitBreaker()): readonly number[] {
  const asked: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const startedAt = second * INTERVAL;
    if (isOpen(breaker, startedAt)) continue;
    asked.push(second);
    onFailure(breaker, new RpcError(reason, ""), { startedAt, interval: INTERVAL });
  }
  return asked;
}

Deno.test("onFailure() doubles the pause of a failing endpoint each time, up to 30 s", () => {
  assert.deepEqual(askedAt("connect", 130), [0, 1, 3, 7, 15, 31, 61, 91, 121]);
});

Deno.test("onFailure() pauses an endpoint that never worked for 5 min at once, and one without a quota for 15 min", () => {
  assert.deepEqual(askedAt("auth", 700), [0, 300, 600]);
  assert.deepEqual(askedAt("http_client", 400), [0, 300]);
  assert.deepEqual(askedAt("quota", 2000), [0, 900, 1800]);
});

Deno.test("B4: onFailure() pauses an endpoint that worked for 5 min after refusals in three polls in a row", () => {
  for (const reason of ["auth", "http_client"] as const) {
    const breaker = createCircuitBreaker();
    onSuccess(breaker);
    assert.deepEqual(askedAt(reason, 700, breaker), [0, 1, 2, 302, 602], reason);
    assert.ok(breaker.needsProbe, "it is asked something cheap");
  }
  const breaker = createCircuitBreaker();
  onSuccess(breaker);
  assert.deepEqual(askedAt("quota", 1000, breaker), [0, 900]);
});

Deno.test("B4: onFailure() does not count refusals with another failure, or a good probe, in between", () => {
  const breaker = createCircuitBreaker();
  onSuccess(breaker);
  const reasons = ["auth", "auth", "connect", "auth", "auth"] as const;
  for (const [poll, reason] of reasons.entries()) {
    onFailure(breaker, new RpcError(reason, ""), { startedAt: poll * INTERVAL, interval: INTERVAL });
  }
  assert.ok(!isOpen(breaker, reasons.length * INTERVAL));
  onSuccess(breaker);
  for (let poll = 10; poll < 12; poll++) {
    onFailure(breaker, new RpcError("auth", ""), { startedAt: poll * INTERVAL, interval: INTERVAL });
  }
  assert.ok(!isOpen(breaker, 12 * INTERVAL));
});

Deno.test("onFailure() does not pause an endpoint for failures of balances alone", () => {
  for (const reason of ["throttled", "rpc_error", "bad_value", "integrity", "lagging"] as const) {
    assert.equal(askedAt(reason, 10).length, 10, reason);
  }
});

Deno.test("onFailure() does not count a second attempt in one poll", () => {
  const breaker = createCircuitBreaker();
  const poll = { startedAt: 0, interval: INTERVAL };
  onFailure(breaker, new RpcError("reset", ""), poll);
  onFailure(breaker, new RpcError("reset", ""), poll);
  assert.equal(breaker.failures, 1);
  assert.ok(!isOpen(breaker, INTERVAL));
});

Deno.test("onProbeOk() ends probes that mislead, but for credentials and quotas", () => {
  const breaker = createCircuitBreaker();
  const poll = { startedAt: 0, interval: INTERVAL };
  onFailure(breaker, new RpcError("http_server", ""), poll);
  assert.ok(breaker.needsProbe);
  onProbeOk(breaker);
  onFailure(breaker, new RpcError("http_server", ""), poll);
  assert.ok(!breaker.needsProbe, "it answers what is cheap, and fails all the same");
  onFailure(breaker, new RpcError("quota", ""), poll);
  assert.ok(breaker.needsProbe);
});

Deno.test("onSuccess() forgets all failures", () => {
  const breaker = createCircuitBreaker();
  askedAt("connect", 60, breaker);
  onSuccess(breaker);
  assert.ok(!isOpen(breaker, 60_000));
  assert.deepEqual(askedAt("connect", 8, breaker), [0, 1, 3, 7]);
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

/** A poll that begins at a moment, in milliseconds. */
function at(startedAt: number, interval = INTERVAL) {
  return { startedAt, interval };
}

Deno.test("onFailure() pauses an endpoint, and has it probed, for failures of the whole endpoint", () => {
  for (const reason of REASON_NAMES) {
    const breaker = createCircuitBreaker();
    onFailure(breaker, new RpcError(reason, ""), at(0));
    assert.equal(breaker.needsProbe, !OF_BALANCES.has(reason), reason);
    assert.equal(isOpen(breaker, 1), !OF_BALANCES.has(reason), reason);
    assert.deepEqual([breaker.failure?.reason, breaker.asked], [reason, true]);
  }
});

Deno.test("createCircuitBreaker() lets a new endpoint be read at once", () => {
  const { failure, asked, needsProbe, worked, probeMisleading } = createCircuitBreaker();
  assert.deepEqual([failure, asked, needsProbe, worked, probeMisleading], [undefined, false, false, false, false]);
  assert.ok(!isOpen(createCircuitBreaker(), 0));
});

Deno.test("isOpen() holds until the pause is over, less a twentieth of the interval", () => {
  for (
    const [reason, pause] of [["connect", 1000], ["auth", 300_000], ["http_client", 300_000], [
      "quota",
      900_000,
    ]] as const
  ) {
    const breaker = createCircuitBreaker();
    onFailure(breaker, new RpcError(reason, ""), at(0));
    assert.ok(isOpen(breaker, pause - 51), reason);
    assert.ok(!isOpen(breaker, pause - 50), reason);
  }
});

Deno.test("a pause is never longer than 30 s, or than the interval where that is longer", () => {
  for (const [interval, pause] of [[1000, 30_000], [60_000, 60_000]] as const) {
    const breaker = createCircuitBreaker();
    for (let poll = 0; poll < 10; poll++) onFailure(breaker, new RpcError("connect", ""), at(poll, interval));
    assert.equal(breaker.openUntil, 9 + pause - interval / 20);
  }
});

Deno.test("onSuccess() and onProbeOk() let an endpoint be read at once", () => {
  for (const note of [onSuccess, onProbeOk]) {
    const breaker = createCircuitBreaker();
    onFailure(breaker, new RpcError("connect", ""), at(0));
    breaker.asked = false;
    note(breaker);
    assert.deepEqual([breaker.needsProbe, isOpen(breaker, 0), breaker.asked], [false, false, true]);
  }
});

Deno.test("onSuccess() forgets that a probe misled", () => {
  const breaker = createCircuitBreaker();
  onProbeOk(breaker);
  onSuccess(breaker);
  onFailure(breaker, new RpcError("http_server", ""), at(0));
  assert.ok(breaker.needsProbe);
});

Deno.test("onProbedBalance() closes the breaker 300 s after a failed read of all balances, and not before", () => {
  const failure = new RpcError("state_unavailable", "");
  const breaker = createCircuitBreaker();
  onSuccess(breaker);
  onReadFailure(breaker, failure, at(0));
  Object.assign(breaker, { asked: false, needsProbe: true, openUntil: Infinity });
  onProbedBalance(breaker, at(299_999));
  assert.deepEqual([breaker.failure, breaker.asked, breaker.needsProbe], [failure, true, false]);
  assert.ok(!isOpen(breaker, 299_999), "it may be read from all the same");
  onProbedBalance(breaker, at(300_000));
  assert.equal(breaker.failure, undefined);
});

Deno.test("onProbedBalance() closes the breaker at once for an endpoint that was behind, on another chain, or not reached", () => {
  for (const reason of ["lagging", "wrong_chain"] as const) {
    const breaker = createCircuitBreaker();
    onReadFailure(breaker, new RpcError(reason, ""), at(0));
    assert.equal(breaker.failure?.reason, reason);
    onProbedBalance(breaker, at(1000));
    assert.equal(breaker.failure, undefined, reason);
  }
  const breaker = createCircuitBreaker();
  onFailure(breaker, new RpcError("connect", ""), at(0));
  onProbedBalance(breaker, at(1000));
  assert.equal(breaker.failure, undefined);
});

Deno.test("stateOf() is open until the pause ends, then half-open where a probe is needed, else closed", () => {
  const breaker = createCircuitBreaker();
  assert.equal(stateOf(breaker, 0), "closed");
  Object.assign(breaker, { openUntil: 100, needsProbe: true });
  assert.deepEqual([stateOf(breaker, 99), stateOf(breaker, 100)], ["open", "half_open"]);
  breaker.needsProbe = false;
  assert.deepEqual([stateOf(breaker, 99), stateOf(breaker, 100)], ["open", "closed"]);
});
