import assert from "node:assert/strict";
import fc from "fast-check";
import { PythonNumber } from "../../../src/config/v1/label_text.ts";
import { readThreshold } from "../../../src/config/v1/read_wallet.ts";
import { BAD_THRESHOLD, NO_THRESHOLD, type Threshold } from "../../../src/config/model/threshold.ts";

const ETHER = 10n ** 18n;

function number(source: string): PythonNumber {
  return new PythonNumber(source);
}

/** Without `aboveWei` it is the same as `belowWei`. */
type Expected = Omit<Threshold, "aboveWei"> & Partial<Threshold>;

const GOOD: readonly (readonly [name: string, value: unknown, expected: Expected])[] = [
  ["1", number("1"), { label: "1", belowWei: ETHER, coins: 1 }],
  ["1.0", number("1.0"), { label: "1.0", belowWei: ETHER, coins: 1 }],
  ["1.50", number("1.50"), { label: "1.5", belowWei: 3n * ETHER / 2n, coins: 1.5 }],
  ["0.00001", number("0.00001"), { label: "1e-05", belowWei: 10n ** 13n, coins: 0.00001 }],
  ["0", number("0"), { label: "", belowWei: 0n, coins: 0 }],
  ["-0", number("-0"), { label: "", belowWei: 0n, coins: 0 }],
  ["-0.0", number("-0.0"), { label: "", belowWei: 0n, coins: -0 }],
  ["1e-400", number("1e-400"), { label: "", belowWei: 0n, coins: 0 }],
  ["-1", number("-1"), { label: "-1", belowWei: -ETHER, coins: -1 }],
  ["5e-324", number("5e-324"), { label: "5e-324", belowWei: 1n, aboveWei: 0n, coins: 5e-324 }],
  ["1e22", number("1e22"), { label: "1e+22", belowWei: 10n ** 40n, coins: 1e22 }],
  ['"2.50"', "2.50", { label: "2.50", belowWei: 5n * ETHER / 2n, coins: 2.5 }],
  ['" 1.5 "', " 1.5 ", { label: " 1.5 ", belowWei: 3n * ETHER / 2n, coins: 1.5 }],
  ['"+2"', "+2", { label: "+2", belowWei: 2n * ETHER, coins: 2 }],
  ['"1e-3"', "1e-3", { label: "1e-3", belowWei: 10n ** 15n, coins: 0.001 }],
  ['"0"', "0", { label: "0", belowWei: 0n, coins: 0 }],
];

for (const [name, value, expected] of GOOD) {
  Deno.test(`readThreshold() reads ${name}`, () => {
    assert.deepEqual(readThreshold(value), { aboveWei: expected.belowWei, ...expected });
  });
}

Deno.test("readThreshold() reads a missing minimum and null as no threshold", () => {
  assert.equal(readThreshold(undefined), NO_THRESHOLD);
  assert.equal(readThreshold(null), NO_THRESHOLD);
});

const BAD: readonly (readonly [name: string, value: unknown])[] = [
  ["true or false", true],
  ["a list", []],
  ["an object", {}],
  ["1e400", number("1e400")],
  ["-1e400", number("-1e400")],
  ["an integer of 1,001 digits", number("1".repeat(1001))],
  ...["", " ", "abc", "NaN", "nan", "Infinity", "-inf", "1_000", "1,5", "0x10", "1 ETH", "1e999999999"]
    .map((text) => [JSON.stringify(text), text] as const),
];

for (const [name, value] of BAD) {
  Deno.test(`readThreshold() reads ${name} as an invalid threshold`, () => {
    assert.equal(readThreshold(value), BAD_THRESHOLD);
  });
}

Deno.test("readThreshold() compares a double by its shortest text", () => {
  assert.equal(readThreshold(number("0.1000000000000000055511151231257827")).belowWei, ETHER / 10n);
});

Deno.test("readThreshold() compares a string with all its digits", () => {
  assert.equal(readThreshold("0.1000000000000000055").belowWei, ETHER / 10n + 6n);
  assert.equal(readThreshold("1000000000000.000000000000000001").belowWei, 10n ** 30n + 1n);
});

Deno.test("readThreshold() returns no double past a double's range, and still compares", () => {
  for (const value of ["1e999", "-1e999", number("1".repeat(400))]) {
    const threshold = readThreshold(value);
    assert.equal(threshold.coins, undefined);
    assert.notEqual(threshold.belowWei, undefined);
  }
});

Deno.test("readThreshold() never returns a double that is not finite, whatever the text", () => {
  const text = fc.oneof(fc.string(), fc.double().map(String), fc.bigInt().map(String));
  fc.assert(fc.property(text, (each) => {
    const { coins = 0 } = readThreshold(each);
    assert.ok(Number.isFinite(coins));
  }));
});
