import assert from "node:assert/strict";
import { gunzipSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { gzipOf, writeGzip } from "../../src/metrics/gzip.ts";
import { join, type KeptText, writePlain } from "../../src/metrics/kept_text.ts";

const CHUNK = 128 * 1024;

/** About as large as a chunk, a bit less, a bit more, several; of characters of one to four bytes. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: -3, max: 3 }).map((near) => CHUNK + near),
  fc.integer({ min: 0, max: 400_000 }),
);
const text = fc.tuple(size, fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), fc.nat()).map(
  ([size, unit, seed]) => seed % 2 === 0 ? "x".repeat(size) : unit.repeat(Math.ceil(size / unit.length)),
);
const end = fc.uint8Array({ maxLength: 500 });

/** Written in one go, or in pieces; pairs of surrogates stay together. */
function written(text: string, pieces: number): KeptText {
  const writer = writeGzip();
  const characters = [...text];
  const length = Math.max(1, Math.ceil(characters.length / pieces));
  for (let at = 0; at < characters.length; at += length) writer.write(characters.slice(at, at + length).join(""));
  assert.equal(writer.size, new TextEncoder().encode(text).length);
  return writer.keep();
}

async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).bytes();
}

/** Compared as text: a failure does not print half a million numbers. */
function latin(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

Deno.test("writeGzip() gives the text back to both decompressors, for several ends of one beginning", async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.integer({ min: 1, max: 5 }),
      fc.array(end, { minLength: 1, maxLength: 3 }),
      async (text, pieces, ends) => {
        const open = written(text, pieces);
        const bytes = new TextEncoder().encode(text);
        for (const end of [...ends, ...ends]) {
          const whole = open.withEnd(end);
          const expected = latin(join([bytes, end]));
          assert.equal(latin(gunzipSync(whole)), expected);
          assert.equal(latin(await decompress(whole)), expected);
        }
      },
    ),
    { numRuns: 12 },
  );
});

Deno.test("writeGzip() gives any part of the plain text, as a text kept plain does", () => {
  fc.assert(
    fc.property(text, fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 5 }), (text, ranges) => {
      const open = written(text, 3);
      const bytes = new TextEncoder().encode(text);
      const plain = writePlain();
      plain.write(text);
      const kept = plain.keep();
      for (const [one, other] of ranges) {
        const [start, end] = [one % (bytes.length + 1), other % (bytes.length + 1)].toSorted((a, b) => a - b);
        const expected = latin(bytes.subarray(start, end));
        assert.equal(latin(open.slice(start ?? 0, end)), expected);
        assert.equal(latin(kept.slice(start ?? 0, end)), expected);
        assert.equal(latin(open.slice(start ?? 0)), latin(bytes.subarray(start)));
      }
    }),
    { numRuns: 12 },
  );
});

Deno.test("writeGzip() makes one member, not several", () => {
  const text = "x".repeat(300_000);
  const end = new TextEncoder().encode("the end");
  const whole = written(text, 2).withEnd(end);
  assert.deepEqual([...whole.subarray(0, 4)], [0x1f, 0x8b, 8, 0]);
  // What is left without header and trailer is one deflate stream to its last byte.
  const plain = inflateRawSync(whole.subarray(10, -8));
  assert.equal(plain.length, text.length + end.length);
  assert.equal(new DataView(whole.buffer).getUint32(whole.length - 4, true), plain.length);
  assert.throws(
    () => inflateRawSync(whole.subarray(10, -9 - 3)),
    "something stands between the stream and its trailer",
  );
});

Deno.test("writeGzip() makes a page much smaller", () => {
  const line = 'wallet_balance_eth{address="0x00",label="w",namespace="n",network="e",release="r"} 1.5\n';
  const size = written(line.repeat(10_000), 40).withEnd(new Uint8Array()).length;
  assert.ok(size < 10_000 * line.length / 20, `${size} of ${10_000 * line.length} bytes`);
});

Deno.test("gzipOf() keeps what writeGzip() keeps", async () => {
  await fc.assert(
    fc.asyncProperty(text, end, async (text, end) => {
      const bytes = new TextEncoder().encode(text);
      const whole = (await gzipOf(bytes)).withEnd(end);
      assert.equal(latin(gunzipSync(whole)), latin(join([bytes, end])));
    }),
    { numRuns: 12 },
  );
});

Deno.test("gzipOf() lets others have their turn while it works", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await gzipOf(new Uint8Array(10 * CHUNK));
  clearInterval(timer);
  assert.ok(turns >= 5, String(turns));
});
