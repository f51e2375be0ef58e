import assert from "node:assert/strict";
import { doubts, isUnclear, stay } from "../../../src/chain/strategy/doubts.ts";
import { createLadder, type Ladder, settle } from "../../../src/chain/strategy/ladder.ts";
import { type Reason, type Refusal, RpcError } from "../../../src/rpc/rpc_error.ts";
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

Deno.test("doubts() tries lower rungs at once where none ever worked, then after 1 min, 2, 4 …", () => {
  assert.deepEqual(triedAt(createLadder(), failure("bad_value"), 20), [0, 1, 3, 7, 15]);
});

Deno.test("doubts() believes a rung that worked until it failed three times, then doubts it after 2 h, 4 h …", () => {
  assert.deepEqual(triedAt(provenLadder(), failure("bad_value"), 800), [2, 122, 362]);
});

Deno.test("doubts() ends a day apart at most", () => {
  const tried = triedAt(provenLadder(), failure("integrity"), 60 * 24 * 8);
  const [last = 0, before = 0] = tried.toReversed();
  assert.equal(last - before, 60 * 24);
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

Deno.test("doubts() blames no rung for what has nothing to do with it", () => {
  const others = ["connect", "timeout", "reset", "throttled", "quota", "lagging", "wrong_chain", "state_unavailable"];
  for (const reason of others) assert.ok(!doubts(createLadder(), failure(reason as Reason), 0), reason);
});

Deno.test("isUnclear() is what may be said to anything, unless it names the way of asking", () => {
  assert.ok(isUnclear(failure("http_server")));
  assert.ok(!isUnclear(failure("http_server", "unsupported")));
  assert.ok(!isUnclear(failure("bad_value")));
});
