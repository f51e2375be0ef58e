import assert from "node:assert/strict";
import { backOff, isUnclear, rotateStrategies, shouldFallBack } from "../../../src/evm/strategies/fall_back.ts";
import {
  confirmStrategy,
  createStrategySelector,
  refreshStrategy,
  revertStrategy,
  type StrategySelector,
} from "../../../src/evm/strategies/strategy_selector.ts";
import { type Reason, REASON_NAMES, type Refusal, RpcError } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";

const MINUTE = 60_000;

function failure(reason: Reason, refusal?: Refusal): RpcError {
  return new RpcError(reason, "", refusal);
}

function provenSelector(): StrategySelector {
  const selector = createStrategySelector();
  confirmStrategy(selector, "packed", "node", createFakeClock());
  return selector;
}

/** The minutes at which lower strategies are tried and fail, of those in which the strategy in use fails. */
function triedAt(selector: StrategySelector, error: RpcError, minutes: number): readonly number[] {
  const tried: number[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    if (!shouldFallBack(selector, error, minute * MINUTE)) continue;
    tried.push(minute);
    backOff(selector, error, minute * MINUTE);
  }
  return tried;
}

Deno.test("shouldFallBack() tries lower strategies at once where none ever worked, then after 2 h, 4 h, 4 h …", () => {
  assert.deepEqual(triedAt(createStrategySelector(), failure("bad_value"), 800), [0, 120, 360, 600]);
});

Deno.test("rotateStrategies() tries each strategy in turn meanwhile, and none where one is known to work", () => {
  const selector = createStrategySelector();
  rotateStrategies(selector, false, 0);
  assert.equal(selector.strategy, "packed", "nothing was tried yet");
  backOff(selector, failure("bad_value"), 0);
  const strategies = Array.from({ length: 4 }, () => (rotateStrategies(selector, false, 0), selector.strategy));
  assert.deepEqual(strategies, ["batch", "packed", "batch", "packed"]);
  selector.multicall = "0x1";
  rotateStrategies(selector, false, 0);
  assert.equal(selector.strategy, "multicall");
  confirmStrategy(selector, "multicall", "node", createFakeClock());
  rotateStrategies(selector, false, 0);
  assert.equal(selector.strategy, "multicall");
});

Deno.test("shouldFallBack() keeps a strategy that worked until it failed three times, then falls back after 2 h, 4 h, 4 h …", () => {
  assert.deepEqual(triedAt(provenSelector(), failure("bad_value"), 800), [2, 122, 362, 602]);
});

Deno.test("shouldFallBack() allows ten transient failures of a strategy that worked, and three of a new one", () => {
  for (const reason of ["timeout", "reset", "throttled", "quota", "state_unavailable"] as const) {
    assert.deepEqual(triedAt(provenSelector(), failure(reason), 100), [9], reason);
    assert.deepEqual(triedAt(createStrategySelector(), failure(reason), 100), [2], reason);
  }
});

Deno.test("an upgrade that fails is reverted to the strategy that worked, and tried again later", () => {
  const hour = 60 * MINUTE;
  const selector = createStrategySelector();
  const clock = createFakeClock();
  const start = clock.now();
  confirmStrategy(selector, "batch", "node", clock);
  for (const wait of [1, 2, 4, 8, 16, 24, 24]) {
    const due = selector.upgradeAt;
    assert.ok(wait * hour <= due - start);
    refreshStrategy(selector, due - 1);
    assert.equal(selector.strategy, "batch");
    refreshStrategy(selector, due);
    assert.deepEqual([selector.strategy, selector.proven], ["packed", false]);
    assert.ok(shouldFallBack(selector, failure("timeout"), due));
    revertStrategy(selector, due);
    assert.deepEqual([selector.strategy, selector.proven], ["batch", true]);
    if (wait < 24) assert.equal(selector.upgradeAt - due, Math.min(24, 2 * wait) * hour);
  }
});

Deno.test("confirmStrategy() forgets fallbacks of long ago", async () => {
  const selector = createStrategySelector();
  const clock = createFakeClock();
  for (let fall = 0; fall < 4; fall++) {
    confirmStrategy(selector, "batch", "node", clock), revertStrategy(selector, clock.now());
  }
  assert.ok(selector.wait > 8 * 60 * MINUTE);
  confirmStrategy(selector, "packed", "node", clock);
  await clock.advance(24 * 60 * MINUTE);
  confirmStrategy(selector, "packed", "node", clock);
  confirmStrategy(selector, "batch", "node", clock);
  assert.equal(selector.upgradeAt - clock.now(), 60 * MINUTE);
});

Deno.test("shouldFallBack() falls back at once when the endpoint reports the strategy as unsupported, and only once if lower ones fail", () => {
  const selector = provenSelector();
  assert.deepEqual(triedAt(selector, failure("rpc_error", "unsupported"), 100), [0]);
});

Deno.test("shouldFallBack() accepts a first report of the endpoint in the middle of a pause", () => {
  const selector = createStrategySelector();
  assert.deepEqual(triedAt(selector, failure("http_server"), 1), [0]);
  assert.ok(!shouldFallBack(selector, failure("http_server"), 1));
  assert.ok(shouldFallBack(selector, failure("rpc_error", "unsupported"), 1));
});

Deno.test("shouldFallBack() counts from 0 after a good reading", () => {
  const selector = provenSelector();
  for (let time = 0; time < 10; time++) {
    assert.ok(!shouldFallBack(selector, failure("missing"), time));
    assert.ok(!shouldFallBack(selector, failure("missing"), time));
    confirmStrategy(selector, "packed", "node", createFakeClock());
  }
});

/** What may be the way of asking, and what passes by itself or comes late; the rest has nothing to do with it. */
const AGAINST = new Set<Reason>([
  "rpc_error",
  "bad_value",
  "integrity",
  "missing",
  "envelope",
  "not_json",
  "too_large",
  "http_client",
  "http_server",
  "auth",
]);
const PASSING = new Set<Reason>(["timeout", "reset", "throttled", "quota", "state_unavailable"]);

Deno.test("shouldFallBack() counts failures that may depend on the strategy, and no others", () => {
  for (const reason of REASON_NAMES) {
    const selector = createStrategySelector();
    const answers = Array.from({ length: 3 }, () => shouldFallBack(selector, failure(reason), 0));
    const isAgainst = AGAINST.has(reason);
    assert.deepEqual(answers, [isAgainst, isAgainst, isAgainst || PASSING.has(reason)], reason);
  }
});

Deno.test("shouldFallBack() waits for the pause after lower strategies failed", () => {
  const selector = createStrategySelector();
  backOff(selector, failure("bad_value"), 0);
  assert.equal(shouldFallBack(selector, failure("bad_value"), 2 * 60 * MINUTE - 1), false);
  assert.equal(shouldFallBack(selector, failure("bad_value"), 2 * 60 * MINUTE), true);
});

Deno.test("isUnclear() holds for failures that any strategy may have, unless they name it", () => {
  const clear = new Set<Reason>(["rpc_error", "bad_value", "integrity", "too_large"]);
  for (const reason of REASON_NAMES) {
    const isBlamed = AGAINST.has(reason) || PASSING.has(reason);
    assert.equal(isUnclear(failure(reason)), isBlamed && !clear.has(reason), reason);
    assert.equal(isUnclear(failure(reason, "unsupported")), false, reason);
  }
});

Deno.test("rotateStrategies() keeps a strategy that is known to work, though lower ones failed", () => {
  const selector = provenSelector();
  backOff(selector, failure("bad_value"), 0);
  rotateStrategies(selector, true, 0);
  assert.equal(selector.strategy, "packed");
});

Deno.test("rotateStrategies() tries `latest` where it may be read", () => {
  const selector = createStrategySelector();
  backOff(selector, failure("bad_value"), 0);
  const strategies = Array.from({ length: 3 }, () => (rotateStrategies(selector, true, 0), selector.strategy));
  assert.deepEqual(strategies, ["batch", "latest", "packed"]);
});
