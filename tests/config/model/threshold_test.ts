import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BAD_THRESHOLD,
  ceilScaled,
  type Decimal,
  NO_THRESHOLD,
  parseDecimal,
  thresholdOf,
} from "../../../src/config/model/threshold.ts";
import { isAbove } from "../../../src/plan/limits.ts";

/** A decimal as text, with its exact value as a fraction. */
interface Written {
  readonly text: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const digits = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }).map((each) => each.join(""));

const written: fc.Arbitrary<Written> = fc.record({
  sign: fc.constantFrom("", "-", "+"),
  whole: digits,
  fraction: fc.option(digits, { nil: undefined }),
  mark: fc.constantFrom("e", "E"),
  exponent: fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
  plus: fc.boolean(),
  around: fc.constantFrom("", " ", "\t \n"),
}).filter(({ whole, fraction }) => whole + (fraction ?? "") !== "").map((parts) => {
  const { sign, whole, fraction, mark, exponent, plus, around } = parts;
  const power = exponent === undefined ? "" : `${mark}${plus && exponent >= 0 ? "+" : ""}${exponent}`;
  const point = fraction === undefined ? "" : `.${fraction}`;
  const shift = (exponent ?? 0) - (fraction ?? "").length;
  const magnitude = BigInt(whole + (fraction ?? ""));
  return {
    text: `${around}${sign}${whole}${point}${power}${around}`,
    numerator: (sign === "-" ? -magnitude : magnitude) * 10n ** BigInt(Math.max(shift, 0)),
    denominator: 10n ** BigInt(Math.max(-shift, 0)),
  };
});

function parsed(text: string): Decimal {
  const decimal = parseDecimal(text);
  assert.ok(decimal !== undefined, `${text} is a decimal number`);
  return decimal;
}

Deno.test("parseDecimal() keeps the exact value", () => {
  fc.assert(fc.property(written, ({ text, numerator, denominator }) => {
    const { coefficient, exponent } = parsed(text);
    const up = 10n ** BigInt(Math.max(exponent, 0));
    const down = 10n ** BigInt(Math.max(-exponent, 0));
    assert.equal(coefficient * up * denominator, numerator * down);
  }));
});

Deno.test("ceilScaled() is the smallest whole number that is not below", () => {
  fc.assert(fc.property(written, fc.integer({ min: 0, max: 24 }), ({ text, numerator, denominator }, power) => {
    const ceiling = ceilScaled(parsed(text), power);
    const scaled = numerator * 10n ** BigInt(power);
    assert.ok(ceiling * denominator >= scaled, "it is not below");
    assert.ok((ceiling - 1n) * denominator < scaled, "one less is below");
  }));
});

Deno.test("a whole balance is below a limit exactly when it is below its ceiling", () => {
  const wei = fc.bigInt({ min: 0n, max: 10n ** 40n });
  fc.assert(fc.property(written, wei, ({ text, numerator, denominator }, balance) => {
    const below = balance * denominator < numerator * 10n ** 18n;
    assert.equal(balance < ceilScaled(parsed(text), 18), below);
  }));
});

Deno.test("a whole balance is above a limit exactly when it is above its floor", () => {
  const wei = fc.bigInt({ min: 0n, max: 10n ** 40n });
  fc.assert(fc.property(written, wei, ({ text, numerator, denominator }, balance) => {
    const { aboveWei = 0n } = thresholdOf(text, "");
    assert.equal(balance > aboveWei, balance * denominator > numerator * 10n ** 18n);
  }));
});

Deno.test("isAbove() is false at the maximum, and exact where it has a part of the smallest unit", () => {
  const cases: readonly (readonly [balance: bigint, maximum: string, decimals: number, isAbove: boolean])[] = [
    [10_000_000n, "10", 6, false],
    [10_000_001n, "10", 6, true],
    [9_999_999n, "10", 6, false],
    [1001n, "10.005", 2, true],
    [1000n, "10.005", 2, false],
    [0n, "0", 18, false],
    [1n, "0", 18, true],
  ];
  for (const [balance, maximum, decimals, expected] of cases) {
    assert.equal(isAbove(balance, maximum, decimals), expected, `${balance} and ${maximum}`);
    assert.equal(isAbove(balance, thresholdOf(maximum, "", decimals)), expected, `${balance} and ${maximum}`);
  }
  for (const none of [undefined, NO_THRESHOLD, BAD_THRESHOLD]) assert.equal(isAbove(10n ** 40n, none), false);
});

const NOT_NUMBERS = [
  "",
  " ",
  ".",
  "+",
  "-",
  "e5",
  ".e5",
  "1e",
  "1e+",
  "1.2.3",
  "1,5",
  "1_000",
  "0x10",
  "abc",
  "--1",
  "1 2",
  "1e5.5",
]
  .concat(["NaN", "nan", "Infinity", "-inf", "sNaN", "١", "１", "½", "1n", "1\0", "1;2", "true", "null", "1 ETH"]);

for (const text of NOT_NUMBERS) {
  Deno.test(`parseDecimal() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(parseDecimal(text), undefined);
  });
}

for (const text of ["5.", ".5", "+5", "-.5e-3", "007", "00.10", " 1 ", "1E5", "1e+05", "-0"]) {
  Deno.test(`parseDecimal() reads ${JSON.stringify(text)}, as Python does`, () => {
    const { coefficient, exponent } = parsed(text);
    assert.equal(Number(`${coefficient}e${exponent}`), Number(text) + 0);
  });
}

Deno.test("parseDecimal() refuses exactly what takes more than 1,000 digits to write out", () => {
  const accepted = ["1e999", "-1e999", "1e-999", "9".repeat(1000), `0.${"1".repeat(999)}`, `${"1".repeat(500)}e500`];
  const refused = ["1e1000", "1e-1000", "9".repeat(1001), `0.${"1".repeat(1000)}`, `${"1".repeat(500)}e501`];
  for (const text of accepted) parsed(text);
  for (const text of refused) assert.equal(parseDecimal(text), undefined, text.slice(0, 20));
});

Deno.test("parseDecimal() and ceilScaled() stay small whatever the exponent or the length", () => {
  const hostile = fc.tuple(digits, fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })).map(([d, e]) => `1${d}e${e}`);
  fc.assert(fc.property(hostile, (text) => {
    const decimal = parseDecimal(text);
    if (decimal === undefined) return;
    assert.ok(String(ceilScaled(decimal, 18)).length <= 1020);
  }));
  for (const text of ["1e999999999", "1e-999999999", "1".repeat(5_000_000), `${" ".repeat(5_000_000)}1`]) {
    assert.equal(parseDecimal(text), undefined);
  }
});
