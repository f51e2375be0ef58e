import assert from "node:assert/strict";
import { gunzipSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { GZIP } from "../../src/metrics/pages/gzip.ts";
import { concat, type Piece } from "../../src/metrics/pages/piece.ts";

/** Characters of one to four bytes; none, a few, and more than zlib's window. */
const text = fc.tuple(
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1000, max: 60_000 })),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
).map(([size, unit]) => unit.repeat(Math.ceil(size / unit.length)));

const texts = fc.array(text, { maxLength: 6 });

function whole(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  return concat(GZIP.bodyOf(pieces));
}

async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}

Deno.test("GZIP output decompresses to the text of all pieces, in both decompressors", async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (texts) => {
      const bytes = whole(texts.map(GZIP.compress));
      assert.equal(gunzipSync(bytes).toString(), texts.join("").toWellFormed());
      assert.equal(await decompress(bytes), texts.join("").toWellFormed());
    }),
    { numRuns: 30 },
  );
});

Deno.test("GZIP puts the same pieces together in any order and number, without encoding them again", () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 10 }), (texts, places) => {
      const pieces = texts.map(GZIP.compress);
      const chosen = texts.length === 0 ? [] : places.map((place) => place % texts.length);
      const bytes = whole(chosen.flatMap((place) => pieces[place] ?? []));
      assert.equal(gunzipSync(bytes).toString(), chosen.map((place) => texts[place]).join("").toWellFormed());
    }),
    { numRuns: 30 },
  );
});

Deno.test("GZIP makes one member, not several", () => {
  const text = "x".repeat(300_000);
  const bytes = whole([GZIP.compress(text), GZIP.compress("the end")]);
  assert.deepEqual([...bytes.subarray(0, 4)], [0x1f, 0x8b, 8, 0]);
  // What is left without header and trailer is one deflate stream to its last byte.
  const plain = inflateRawSync(bytes.subarray(10, -8));
  assert.equal(plain.length, text.length + "the end".length);
  assert.equal(new DataView(bytes.buffer).getUint32(bytes.length - 4, true), plain.length);
  assert.throws(() => inflateRawSync(bytes.subarray(10, -9)), "something is between the stream and its trailer");
});

Deno.test("GZIP makes a page much smaller", () => {
  const line = 'wallet_balance_eth{address="0x00",label="w",namespace="n",network="e",release="r"} 1.5\n';
  const { length } = whole(Array.from({ length: 80 }, () => GZIP.compress(line.repeat(128))));
  assert.ok(length < 128 * 80 * line.length / 20, `${length} of ${128 * 80 * line.length} bytes`);
});

Deno.test("GZIP holds no more than a piece takes", () => {
  const { bytes } = GZIP.compress("x".repeat(10_000));
  assert.equal(bytes.buffer.byteLength, bytes.length);
});
