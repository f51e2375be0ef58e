import assert from "node:assert/strict";
import fc from "fast-check";
import { formatUnits, toUnits } from "../../src/poller/units.ts";

const coin = 10n ** 18n;

/** Shifts doubles of this size to whole numbers: the smallest positive one is 2^-1074. */
const shift = 1100n;

/** A double as `mantissa × 2^-1100`, exact. */
function exact(value: number): bigint {
  const [bits = 0n] = new BigUint64Array(new Float64Array([value]).buffer);
  const exponent = bits >> 52n & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0n ? fraction << shift - 1074n : (fraction | 1n << 52n) << shift + exponent - 1075n;
}

/** How far `value` is from `wei / 10^18`, on one scale for all values. */
function distance(value: number, wei: bigint): bigint {
  const difference = exact(value) * coin - (wei << shift);
  return difference < 0n ? -difference : difference;
}

function neighbour(value: number, step: bigint): number {
  const [bits = 0n] = new BigUint64Array(new Float64Array([value]).buffer);
  const [moved = NaN] = new Float64Array(new BigUint64Array([bits + step]).buffer);
  return moved;
}

function isEven(value: number): boolean {
  const [bits = 1n] = new BigUint64Array(new Float64Array([value]).buffer);
  return bits % 2n === 0n;
}

function assertNearest(wei: bigint): void {
  const coins = toUnits(wei);
  const error = distance(coins, wei);
  for (const step of coins === 0 ? [1n] : [-1n, 1n]) {
    const other = distance(neighbour(coins, step), wei);
    assert.ok(error < other || error === other && isEven(coins), `${wei} wei are not ${coins}`);
  }
}

Deno.test("toUnits() returns the double nearest to the quotient", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), assertNearest), { numRuns: 400 });
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), assertNearest), { numRuns: 400 });
  fc.assert(fc.property(fc.bigInt({ min: -1000n, max: 1000n }), (near) => assertNearest(2n ** 53n + near)));
});

Deno.test("toUnits() is exact for common amounts", () => {
  const cases: readonly (readonly [bigint, number])[] = [
    [0n, 0],
    [1n, 1e-18],
    [coin, 1],
    [coin + coin / 2n, 1.5],
    [100_000_000_000_000_000n, 0.1],
    [2n ** 53n, 0.009007199254740992],
    [2n ** 53n + 1n, 0.009007199254740993],
    [2n ** 256n - 1n, 1.157920892373162e59],
  ];
  for (const [wei, coins] of cases) assert.equal(toUnits(wei), coins);
});

Deno.test("toUnits() never turns a larger amount into a smaller number", () => {
  const wei = fc.bigInt({ min: 0n, max: 2n ** 128n });
  fc.assert(fc.property(wei, wei, (less, more) => toUnits(less) <= toUnits(less + more)));
});

Deno.test("toUnits() returns the double nearest to the quotient, whatever the decimals", () => {
  const decimals = fc.integer({ min: 0, max: 77 });
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), decimals, (units, places) => {
    assert.equal(toUnits(units, places), Number(`${units}e-${places}`));
  }));
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n }), decimals, (units, places) => {
    assert.equal(toUnits(units, places), Number(`${units}e-${places}`));
  }));
});

Deno.test("formatUnits() writes the exact number, without trailing zeros", () => {
  assert.deepEqual(
    ([[0n, 18], [1n, 18], [10n ** 18n, 18], [1_500_000n, 6], [7n, 0], [123n, 2]] as const).map(([units, decimals]) =>
      formatUnits(units, decimals)
    ),
    ["0", "0.000000000000000001", "1", "1.5", "7", "1.23"],
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.integer({ min: 0, max: 77 }), (units, places) => {
      const [whole = "", fraction = ""] = formatUnits(units, places).split(".");
      assert.equal(BigInt(whole + fraction.padEnd(places, "0")), units);
      assert.ok(!fraction.endsWith("0"));
    }),
  );
});
