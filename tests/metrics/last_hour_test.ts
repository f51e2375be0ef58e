import assert from "node:assert/strict";
import { LastHour, perDay } from "../../src/metrics/families/last_hour.ts";

const MINUTE = 60_000;

Deno.test("LastHour counts requests and errors by reason, since the first", () => {
  const hour = new LastHour();
  assert.deepEqual(hour.activity(0), { requests: 0, calls: new Map(), batches: 0, seconds: 0, errors: new Map() });
  hour.noteRequest(MINUTE, new Map());
  hour.noteRequest(10 * MINUTE, new Map());
  hour.noteError(10 * MINUTE, "timeout");
  hour.noteError(11 * MINUTE, "timeout");
  hour.noteError(20 * MINUTE, "throttled");
  const { requests, seconds, errors } = hour.activity(31 * MINUTE);
  assert.deepEqual([requests, seconds, [...errors]], [2, 1800, [["timeout", 2], ["throttled", 1]]]);
});

Deno.test("LastHour forgets what is older than an hour, five minutes early at most", () => {
  const hour = new LastHour();
  for (let minute = 0; minute <= 300; minute++) {
    hour.noteRequest(minute * MINUTE, new Map());
    const { requests, seconds } = hour.activity(minute * MINUTE);
    assert.equal(requests, 1 + seconds / 60);
    if (minute >= 60) assert.ok(seconds >= 55 * 60 && seconds <= 3600, `${seconds} s`);
  }
  assert.deepEqual(hour.activity(400 * MINUTE), {
    requests: 0,
    calls: new Map(),
    batches: 0,
    seconds: 0,
    errors: new Map(),
  });
});

Deno.test("LastHour counts calls by method, and the requests with several", () => {
  const hour = new LastHour();
  hour.noteRequest(0, new Map([["eth_call", 1]]));
  hour.noteRequest(MINUTE, new Map([["eth_call", 1], ["eth_chainId", 2]]));
  const { requests, calls, batches } = hour.activity(MINUTE);
  assert.deepEqual([requests, batches, [...calls]], [2, 1, [["eth_call", 2], ["eth_chainId", 2]]]);
});

Deno.test("perDay() is the factor from what is known to a day, and unknown in the first five minutes", () => {
  const activity = { requests: 0, calls: new Map(), batches: 0, seconds: 600, errors: new Map() };
  assert.deepEqual([perDay(activity), perDay({ ...activity, seconds: 299 })], [144, undefined]);
});
