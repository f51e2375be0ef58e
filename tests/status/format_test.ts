import assert from "node:assert/strict";
import fc from "fast-check";
import { duration, exactAmount, shortAmount, signedChange } from "../../src/status/format.ts";

const ETH = 10n ** 18n;
const amounts = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const decimals = fc.integer({ min: 0, max: 77 });

function valueOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}

Deno.test("exactAmount() has all digits and separates thousands", () => {
  assert.equal(exactAmount(1_234_567n * ETH + 1n, 18), "1,234,567.000000000000000001");
  assert.deepEqual([exactAmount(0n, 18), exactAmount(999n, 0), exactAmount(1000n, 0)], ["0", "999", "1,000"]);
});

Deno.test("shortAmount() has six significant digits, or all whole ones", () => {
  assert.equal(shortAmount(1_234_567n * ETH + ETH / 2n, 18), "1,234,567");
  assert.equal(shortAmount(123_456_789n, 6), "123.456");
  assert.equal(shortAmount(1_234_567_890_123n, 18), "0.00000123456");
  assert.deepEqual([shortAmount(0n, 18), shortAmount(1n, 18), shortAmount(ETH, 18)], [
    "0",
    "0.000000000000000001",
    "1",
  ]);
});

Deno.test("shortAmount() never shows more than there is, and loses less than a part in 100,000", () => {
  fc.assert(fc.property(amounts, decimals, (amount, decimals) => {
    const [short, exact] = [valueOf(shortAmount(amount, decimals)), valueOf(exactAmount(amount, decimals))];
    assert.ok(short <= exact && exact - short <= exact / 100_000, `${short} of ${exact}`);
  }));
});

Deno.test("signedChange() has a sign, unless nothing changed", () => {
  assert.equal(signedChange(-1.5e18, 18), "−1.5");
  assert.equal(signedChange(2_000_000e6, 6), "+2,000,000");
  assert.equal(signedChange(0, 18), "0");
});

Deno.test("duration() has at most two units", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3599, "59 min 59 s"],
    [19_200, "5 h 20 min"],
    [86_399, "23 h 59 min"],
    [273_600, "3 d 4 h"],
    [10 * 86_400 + 3600, "10 d"],
    [1e15, "more than 9,999 d"],
  ];
  for (const [seconds, text] of cases) assert.equal(duration(seconds), text);
});

Deno.test("duration() is never longer than the time", () => {
  const sizes = { d: 86_400, h: 3600, min: 60, s: 1 } as const;
  fc.assert(fc.property(fc.double({ min: 0, max: 8e8, noNaN: true }), (seconds) => {
    const parts = [...duration(seconds).matchAll(/(\d+) (d|h|min|s)/g)];
    const shown = parts.reduce((sum, [, count, unit]) => sum + Number(count) * sizes[unit as keyof typeof sizes], 0);
    assert.ok(shown <= seconds && seconds - shown < Math.max(1, seconds / 5), `${duration(seconds)} of ${seconds} s`);
  }));
});
