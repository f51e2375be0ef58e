import assert from "node:assert/strict";
import { LastHour, requestsPerDay } from "../../src/metrics/families/last_hour.ts";

const MINUTE = 60_000;

Deno.test("LastHour counts requests and errors by reason, since the first", () => {
  const hour = new LastHour();
  assert.deepEqual(hour.activity(0), { requests: 0, seconds: 0, errors: new Map() });
  hour.noteRequest(MINUTE);
  hour.noteRequest(10 * MINUTE);
  hour.noteError(10 * MINUTE, "timeout");
  hour.noteError(11 * MINUTE, "timeout");
  hour.noteError(20 * MINUTE, "throttled");
  const { requests, seconds, errors } = hour.activity(31 * MINUTE);
  assert.deepEqual([requests, seconds, [...errors]], [2, 1800, [["timeout", 2], ["throttled", 1]]]);
});

Deno.test("LastHour forgets what is older than an hour, five minutes early at most", () => {
  const hour = new LastHour();
  for (let minute = 0; minute <= 300; minute++) {
    hour.noteRequest(minute * MINUTE);
    const { requests, seconds } = hour.activity(minute * MINUTE);
    assert.equal(requests, 1 + seconds / 60);
    if (minute >= 60) assert.ok(seconds >= 55 * 60 && seconds <= 3600, `${seconds} s`);
  }
  assert.deepEqual(hour.activity(400 * MINUTE), { requests: 0, seconds: 0, errors: new Map() });
});

Deno.test("requestsPerDay() is that of the last hour, and unknown in the first five minutes", () => {
  const activity = { requests: 10, seconds: 600, errors: new Map() };
  assert.equal(requestsPerDay(activity), 1440);
  assert.equal(requestsPerDay({ ...activity, seconds: 299 }), undefined);
});
