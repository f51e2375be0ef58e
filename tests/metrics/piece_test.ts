import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { combineCrc, shiftOf } from "../../src/metrics/pages/crc.ts";
import { concat, EMPTY, joinParts, PLAIN } from "../../src/metrics/pages/piece.ts";

const text = fc.string({ unit: "grapheme", maxLength: 200 });

Deno.test("PLAIN puts any pieces behind one another", () => {
  fc.assert(fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
    const body = PLAIN.bodyOf(texts.map(PLAIN.compress));
    const expected = new TextEncoder().encode(texts.join(""));
    assert.equal(body.size, expected.length);
    assert.deepEqual(concat(body), expected);
  }));
});

Deno.test("concat() puts parts behind one another", () => {
  const parts = [Uint8Array.of(1, 2), EMPTY.bytes, Uint8Array.of(3)];
  assert.deepEqual(concat(joinParts(parts)), Uint8Array.of(1, 2, 3));
  assert.deepEqual(concat(joinParts([])), new Uint8Array());
});

Deno.test("combineCrc() returns the CRC-32 of two texts together", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5000 }), (one, other) => {
    const whole = crc32(concat(joinParts([Uint8Array.from(one), Uint8Array.from(other)])));
    assert.equal(combineCrc(crc32(one), crc32(other), shiftOf(other.length)), whole);
  }));
});

Deno.test("shiftOf() adds up, for sizes past 4 GiB too", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.nat(),
      (one, other, crc) =>
        assert.equal(
          combineCrc(combineCrc(crc, 0, shiftOf(one)), 0, shiftOf(other)),
          combineCrc(crc, 0, shiftOf(one + other)),
        ),
    ),
  );
});
