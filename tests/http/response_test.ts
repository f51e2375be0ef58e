import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRetryAfter } from "../../src/http/response.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z") / 1000;

Deno.test("parseRetryAfter() reads seconds and dates, and keeps them from 1 s to 60 s", () => {
  const rows: readonly [string | null, number | undefined][] = [
    [null, undefined],
    ["", undefined],
    ["1", 1000],
    ["2.9", 2900],
    [" 30 ", 30_000],
    ["0", 1000],
    ["86400", 60_000],
    ["99999999999", 60_000],
    ["9".repeat(400), 60_000],
    ["Sat, 21 Nov 2026 12:00:20 GMT", 20_000],
    ["Sat, 21 Nov 2026 11:00:00 GMT", 1000],
    ["Sun, 22 Nov 2026 12:00:00 GMT", 60_000],
    ["Saturday, 21-Nov-26 12:00:20 GMT", 20_000],
    ["-5", undefined],
    ["0x5", undefined],
    ["1e3", undefined],
    ["soon", undefined],
    ["12:30", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["5, 10", undefined],
    ["٣", undefined],
  ];
  for (const [header, ms] of rows) assert.equal(parseRetryAfter(header, NOW), ms, String(header));
});

Deno.test("parseRetryAfter() returns 1 s to 60 s or nothing, whatever the header", () => {
  fc.assert(fc.property(fc.string(), fc.double({ min: 0, max: 1e10, noNaN: true }), (header, now) => {
    const pause = parseRetryAfter(header, now);
    assert.ok(pause === undefined || pause >= 1000 && pause <= 60_000);
  }));
});
