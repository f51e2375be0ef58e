import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeInteger, decodeQuantity, decodeSafeInteger } from "../../src/jsonrpc/decode_quantity.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";

const MOST = 2n ** 256n - 1n;

const accepted: readonly (readonly [row: string, value: string, balance: bigint])[] = [
  ["a true zero", "0x0", 0n],
  ["a quantity", "0x1b", 27n],
  ["upper case", "0xABCDEF", 0xabcdefn],
  ["D2: 0X", "0X1B", 27n],
  ["D5: leading zeros", "0x0005", 5n],
  ["D5: 32 bytes", `0x${"5".padStart(64, "0")}`, 5n],
  ["D6: an odd number of digits", "0x123", 0x123n],
  ["D7: 2^256 - 1", `0x${"f".repeat(64)}`, MOST],
];

const refused: readonly (readonly [row: string, value: unknown])[] = [
  ["D1: an empty string", ""],
  ["D1: a space", " "],
  ["D1: no digits", "0x"],
  ["D1: no digits after 0X", "0X"],
  ["D1: false", false],
  ["D1: an empty array", []],
  ["D1: null", null],
  ["D1: nothing", undefined],
  ["D2: decimal", "123"],
  ["D2: negative", "-5"],
  ["D2: negative hex", "-0x5"],
  ["D2: a minus inside", "0x-5"],
  ["D2: a plus", "+0x5"],
  ["D2: octal", "0o17"],
  ["D2: binary", "0b11"],
  ["D2: a line end", "0x1\n"],
  ["D2: a space before", " 0x1"],
  ["D2: a space inside", "0x1 2"],
  ["D2: an underscore", "0x1_2"],
  ["D2: a suffix", "0x1n"],
  ["D2: a point", "0x1.8"],
  ["D2: no prefix", "1b"],
  ["D2: no hex digit", "0xzz"],
  ["D2: two prefixes", "0x0x1"],
  ["D2: a zero byte", "0x1\0"],
  ["D2: digits of another script", "0x１２"],
  ["D2: an exponent", "1e3"],
  ["D3: a number", 5],
  ["D3: a float", 5.5],
  ["D3: 1e21", 1e21],
  ["D3: zero", 0],
  ["D3: true", true],
  ["D3: a bigint", 5n],
  ["D3: an array of one", ["0x5"]],
  ["D3: an object", {}],
  ["D3: an object that prints as a quantity", { toString: () => "0x5" }],
  ["D4: 65 digits", `0x${"1".repeat(65)}`],
  ["D4: 65 digits that are zeros", `0x${"0".repeat(65)}`],
];

function assertRefused(value: unknown): void {
  assert.throws(() => decodeQuantity(value), (error) => error instanceof RpcError && error.reason === "bad_value");
}

Deno.test("decodeQuantity() accepts hex quantities as leniently as the original", () => {
  for (const [row, value, balance] of accepted) assert.equal(decodeQuantity(value), balance, row);
});

Deno.test("decodeQuantity() rejects everything else", async (t) => {
  for (const [row, value] of refused) await t.step(row, () => assertRefused(value));
});

Deno.test("decodeQuantity() decodes every number", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: MOST }), fc.nat(64), fc.boolean(), (balance, width, upper) => {
    const digits = balance.toString(16).padStart(width, "0");
    assert.equal(decodeQuantity(`0x${upper ? digits.toUpperCase() : digits}`), balance);
    assert.equal(decodeQuantity(`0X${digits}`), balance);
  }));
});

Deno.test("decodeQuantity() agrees with BigInt or rejects, for every text", () => {
  const near = fc.stringMatching(/^[ +-]?0?[xXob]?[0-9a-fA-FgG _.]{0,70}\s?$/);
  fc.assert(
    fc.property(fc.oneof(near, fc.string(), fc.string({ unit: "binary" })), (text) => {
      let balance: bigint;
      try {
        balance = decodeQuantity(text);
      } catch (error) {
        return error instanceof RpcError && error.reason === "bad_value";
      }
      return /^0[xX][0-9a-fA-F]{1,64}$/.test(text) && balance === BigInt(text.toLowerCase()) && balance >= 0n &&
        balance <= MOST;
    }),
    { numRuns: 5000 },
  );
});

Deno.test("decodeQuantity() refuses everything else, for every JSON value", () => {
  fc.assert(fc.property(fc.jsonValue().filter((value) => typeof value !== "string"), (value) => assertRefused(value)));
});

Deno.test("decodeQuantity() neither parses nor quotes a hundred thousand digits", () => {
  const digits = "7".repeat(100_000);
  const original = globalThis.BigInt;
  let parsed = 0;
  globalThis.BigInt = Object.assign((value: string) => (parsed++, original(value)), original) as BigIntConstructor;
  try {
    assert.throws(() => decodeQuantity(`0x${digits}`), (error) => {
      return error instanceof RpcError &&
        error.message === "expected a hex quantity, got a string of 100002 characters";
    });
  } finally {
    globalThis.BigInt = original;
  }
  assert.equal(parsed, 0);
});

Deno.test("decodeSafeInteger() rejects what a double cannot hold", () => {
  assert.equal(decodeSafeInteger("0x7a69"), 31337);
  assert.equal(decodeSafeInteger("0x1fffffffffffff"), Number.MAX_SAFE_INTEGER);
  for (const value of ["0x20000000000000", `0x${"f".repeat(64)}`, 2 ** 53, "1", null]) {
    assert.throws(() => decodeSafeInteger(value), (error) => error instanceof RpcError && error.reason === "bad_value");
  }
});

Deno.test("decodeInteger() accepts quantities and JSON integers, and nothing else", () => {
  for (const value of [0, 1, 31337, 1_700_000_000, Number.MAX_SAFE_INTEGER]) {
    assert.equal(decodeInteger(value), BigInt(value));
    assert.equal(decodeInteger(`0x${value.toString(16)}`), BigInt(value));
    assert.equal(decodeSafeInteger(value), value);
    assert.throws(() => decodeQuantity(value), { reason: "bad_value" }, "a balance");
  }
  assert.equal(decodeInteger(2 ** 63), 2n ** 63n);
  for (const value of [-1, 0.5, 2 ** 64, 1e21, NaN, Infinity, "1", "", true, null, [1], {}]) {
    assert.throws(() => decodeInteger(value), { reason: "bad_value" }, String(value));
  }
});

Deno.test("decodeQuantity() reports the type of a bad value, and quotes nothing of it", () => {
  const rows: readonly [unknown, string][] = [
    [null, "null"],
    [[], "an array"],
    ["", "an empty string"],
    ["junk", "a string of 4 characters"],
    [{}, "an object"],
    [5, "a number"],
    [true, "a boolean"],
    [undefined, "a undefined"],
  ];
  for (const [value, got] of rows) {
    assert.throws(() => decodeQuantity(value), { message: `expected a hex quantity, got ${got}` });
  }
});
