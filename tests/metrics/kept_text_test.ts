import assert from "node:assert/strict";
import fc from "fast-check";
import { join, writePlain } from "../../src/metrics/kept_text.ts";

Deno.test("writePlain() keeps any text, however it is cut, and with any end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 200 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.uint8Array({ maxLength: 50 }),
      (parts, times, end) => {
        const writer = writePlain();
        const texts = parts.map((part) => part.repeat(times % 100));
        for (const text of texts) writer.write(text);
        const bytes = new TextEncoder().encode(texts.join(""));
        assert.equal(writer.size, bytes.length);
        const kept = writer.keep();
        assert.deepEqual(kept.slice(0), bytes);
        assert.deepEqual(kept.slice(3, 9), bytes.subarray(3, 9));
        assert.deepEqual(kept.withEnd(end), join([bytes, end]));
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("writePlain() holds no more than it was given", () => {
  const writer = writePlain();
  writer.write("x".repeat(1_000_000));
  const kept = writer.keep();
  assert.equal(kept.slice(0).buffer.byteLength, 1_000_000);
});

Deno.test("join() puts parts behind one another", () => {
  assert.deepEqual(join([Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)]), Uint8Array.of(1, 2, 3));
  assert.deepEqual(join([]), new Uint8Array());
});
