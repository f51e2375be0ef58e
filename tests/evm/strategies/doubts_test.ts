import assert from "node:assert/strict";
import { doubts, isUnclear, stay, takeTurns } from "../../../src/evm/strategies/doubts.ts";
import { createLadder, goBack, type Ladder, reconsider, settle } from "../../../src/evm/strategies/ladder.ts";
import { type Reason, REASON_NAMES, type Refusal, RpcError } from "../../../src/jsonrpc/errors.ts";
import { createManualClock } from "../../fakes/manual_clock.ts";

const MINUTE = 60_000;

function failure(reason: Reason, refusal?: Refusal): RpcError {
  return new RpcError(reason, "", refusal);
}

function provenLadder(): Ladder {
  const ladder = createLadder();
  settle(ladder, "packed", "node", createManualClock());
  return ladder;
}

/** The minutes at which lower rungs are tried, in vain, of those in which the rung in use fails. */
function triedAt(ladder: Ladder, error: RpcError, minutes: number): readonly number[] {
  const tried: number[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    if (!doubts(ladder, error, minute * MINUTE)) continue;
    tried.push(minute);
    stay(ladder, error, minute * MINUTE);
  }
  return tried;
}

Deno.test("doubts() tries lower rungs at once where none ever worked, then after 2 h, 4 h, 4 h …", () => {
  assert.deepEqual(triedAt(createLadder(), failure("bad_value"), 800), [0, 120, 360, 600]);
});

Deno.test("takeTurns() tries each rung in turn meanwhile, and none where one is known to work", () => {
  const ladder = createLadder();
  takeTurns(ladder, false, 0);
  assert.equal(ladder.rung, "packed", "nothing was tried in vain yet");
  stay(ladder, failure("bad_value"), 0);
  const rungs = Array.from({ length: 4 }, () => (takeTurns(ladder, false, 0), ladder.rung));
  assert.deepEqual(rungs, ["batch", "packed", "batch", "packed"]);
  ladder.multicall = "0x1";
  takeTurns(ladder, false, 0);
  assert.equal(ladder.rung, "multicall");
  settle(ladder, "multicall", "node", createManualClock());
  takeTurns(ladder, false, 0);
  assert.equal(ladder.rung, "multicall");
});

Deno.test("doubts() believes a rung that worked until it failed three times, then doubts it after 2 h, 4 h, 4 h …", () => {
  assert.deepEqual(triedAt(provenLadder(), failure("bad_value"), 800), [2, 122, 362, 602]);
});

Deno.test("doubts() gives a rung that worked ten times for what passes by itself, and a new one three", () => {
  for (const reason of ["timeout", "reset", "throttled", "quota", "state_unavailable"] as const) {
    assert.deepEqual(triedAt(provenLadder(), failure(reason), 100), [9], reason);
    assert.deepEqual(triedAt(createLadder(), failure(reason), 100), [2], reason);
  }
});

Deno.test("a climb that fails, however it does, goes back to the rung that worked, and is tried again later", () => {
  const hour = 60 * MINUTE;
  const ladder = createLadder();
  const clock = createManualClock();
  const start = clock.now();
  settle(ladder, "batch", "node", clock);
  for (const wait of [1, 2, 4, 8, 16, 24, 24]) {
    const due = ladder.climbAt;
    assert.ok(wait * hour <= due - start);
    reconsider(ladder, due - 1);
    assert.equal(ladder.rung, "batch");
    reconsider(ladder, due);
    assert.deepEqual([ladder.rung, ladder.proven], ["packed", false]);
    assert.ok(doubts(ladder, failure("timeout"), due));
    goBack(ladder, due);
    assert.deepEqual([ladder.rung, ladder.proven], ["batch", true]);
    if (wait < 24) assert.equal(ladder.climbAt - due, Math.min(24, 2 * wait) * hour);
  }
});

Deno.test("settle() forgets falls of long ago", async () => {
  const ladder = createLadder();
  const clock = createManualClock();
  for (let fall = 0; fall < 4; fall++) settle(ladder, "batch", "node", clock), goBack(ladder, clock.now());
  assert.ok(ladder.wait > 8 * 60 * MINUTE);
  settle(ladder, "packed", "node", clock);
  await clock.advance(24 * 60 * MINUTE);
  settle(ladder, "packed", "node", clock);
  settle(ladder, "batch", "node", clock);
  assert.equal(ladder.climbAt - clock.now(), 60 * MINUTE);
});

Deno.test("doubts() gives a rung up at once when the endpoint says that it does not take it, and once in vain", () => {
  const ladder = provenLadder();
  assert.deepEqual(triedAt(ladder, failure("rpc_error", "unsupported"), 100), [0]);
});

Deno.test("doubts() takes what an endpoint says for news in the middle of a pause", () => {
  const ladder = createLadder();
  assert.deepEqual(triedAt(ladder, failure("http_server"), 1), [0]);
  assert.ok(!doubts(ladder, failure("http_server"), 1));
  assert.ok(doubts(ladder, failure("rpc_error", "unsupported"), 1));
});

Deno.test("doubts() begins to count anew after a good reading", () => {
  const ladder = provenLadder();
  for (let time = 0; time < 10; time++) {
    assert.ok(!doubts(ladder, failure("missing"), time));
    assert.ok(!doubts(ladder, failure("missing"), time));
    settle(ladder, "packed", "node", createManualClock());
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

Deno.test("doubts() blames a rung for what may be its fault, and for nothing else", () => {
  for (const reason of REASON_NAMES) {
    const ladder = createLadder();
    const answers = Array.from({ length: 3 }, () => doubts(ladder, failure(reason), 0));
    const isAgainst = AGAINST.has(reason);
    assert.deepEqual(answers, [isAgainst, isAgainst, isAgainst || PASSING.has(reason)], reason);
  }
});

Deno.test("doubts() waits out the pause after lower rungs were tried in vain", () => {
  const ladder = createLadder();
  stay(ladder, failure("bad_value"), 0);
  assert.equal(doubts(ladder, failure("bad_value"), 2 * 60 * MINUTE - 1), false);
  assert.equal(doubts(ladder, failure("bad_value"), 2 * 60 * MINUTE), true);
});

Deno.test("isUnclear() is what may be said to anything, unless it names the way of asking", () => {
  const clear = new Set<Reason>(["rpc_error", "bad_value", "integrity", "too_large"]);
  for (const reason of REASON_NAMES) {
    const isBlamed = AGAINST.has(reason) || PASSING.has(reason);
    assert.equal(isUnclear(failure(reason)), isBlamed && !clear.has(reason), reason);
    assert.equal(isUnclear(failure(reason, "unsupported")), false, reason);
  }
});

Deno.test("takeTurns() leaves a rung alone that is known to work, though lower ones were tried in vain", () => {
  const ladder = provenLadder();
  stay(ladder, failure("bad_value"), 0);
  takeTurns(ladder, true, 0);
  assert.equal(ladder.rung, "packed");
});

Deno.test("takeTurns() tries `latest` where it may be read", () => {
  const ladder = createLadder();
  stay(ladder, failure("bad_value"), 0);
  const rungs = Array.from({ length: 3 }, () => (takeTurns(ladder, true, 0), ladder.rung));
  assert.deepEqual(rungs, ["batch", "latest", "packed"]);
});
