import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeWords } from "../../../src/evm/strategies/decode_words.ts";

function encode(words: readonly bigint[]): string {
  return `0x${words.map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

Deno.test("decodeWords() returns what was encoded", () => {
  fc.assert(fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })), (words) => {
    assert.deepEqual(decodeWords(encode(words), words.length), words);
  }));
  assert.deepEqual(decodeWords(encode([2n ** 256n - 1n, 0n]).toUpperCase().replace("0X", "0x"), 2), [
    2n ** 256n - 1n,
    0n,
  ]);
});

Deno.test("decodeWords() rejects every other character, wherever it is", () => {
  const right = encode([5n, 2n ** 255n]);
  const others = fc.oneof(
    fc.constantFrom(" ", "\t", "\n", "\u00a0", "\ufeff", "g", "x", "_", "-", "+", ".", "n", "\0", "é"),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.nat(right.length - 1), others, (at, other) => {
      const changed = right.slice(0, at) + other + right.slice(at + 1);
      const isDigit = at >= 2 && /^[0-9a-fA-F]$/.test(other);
      if (isDigit || changed === right) return;
      assert.throws(() => decodeWords(changed, 2), { reason: "bad_value" }, JSON.stringify(changed));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("decodeWords() refuses every other length and type", () => {
  for (const value of [encode([1n]), encode([1n, 2n, 3n]), encode([1n, 2n]).slice(0, -1), "", "0x", null, 5, [], {}]) {
    assert.throws(() => decodeWords(value, 2), { reason: "bad_value" });
  }
});

Deno.test("decodeWords() accepts any whole number of words where no count is given", () => {
  assert.deepEqual(decodeWords("0x"), []);
  assert.deepEqual(decodeWords(encode([1n, 2n])), [1n, 2n]);
  for (const value of ["0x1", "1x", encode([1n]).slice(0, -1), `${encode([1n])}0`]) {
    assert.throws(() => decodeWords(value), { reason: "bad_value" });
  }
});

Deno.test("decodeWords() reads every digit of a word", () => {
  for (let digit = 0; digit < 64; digit++) {
    assert.deepEqual(decodeWords(`0x${"0".repeat(digit)}1${"0".repeat(63 - digit)}`, 1), [16n ** BigInt(63 - digit)]);
  }
});
