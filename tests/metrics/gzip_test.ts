import assert from "node:assert/strict";
import { gunzipSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { closeGzip, openGzip } from "../../src/metrics/gzip.ts";

/** About as large as a chunk, a bit less, a bit more, several; what repeats, and what does not. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: -3, max: 3 }).map((near) => 128 * 1024 + near),
  fc.integer({ min: 0, max: 400_000 }),
);
const bytes = fc.tuple(size, fc.nat()).map(([size, seed]) => {
  let state = seed;
  return Uint8Array.from({ length: size }, (_, index) => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return seed % 2 === 0 ? state >>> 24 : "wallet_balance_eth{} 1\n".charCodeAt(index % 23);
  });
});
const end = fc.uint8Array({ maxLength: 500 });

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).bytes();
}

Deno.test("closeGzip() gives the bytes back to both decompressors, for several ends of one beginning", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.array(end, { minLength: 1, maxLength: 3 }), async (bytes, ends) => {
      const open = await openGzip(bytes);
      for (const end of [...ends, ...ends]) {
        const whole = joined(closeGzip(open, end));
        const expected = joined([bytes, end]);
        assert.equal(textOf(gunzipSync(whole)), textOf(expected));
        assert.equal(textOf(await decompress(whole)), textOf(expected));
      }
    }),
    { numRuns: 12 },
  );
});

/** Compared as text: a failure does not print half a million numbers. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

Deno.test("closeGzip() makes one member, not several", async () => {
  const bytes = new TextEncoder().encode("x".repeat(300_000));
  const end = new TextEncoder().encode("the end");
  const whole = joined(closeGzip(await openGzip(bytes), end));
  assert.deepEqual([...whole.subarray(0, 4)], [0x1f, 0x8b, 8, 0]);
  // What is left without header and trailer is one deflate stream to its last byte.
  const plain = inflateRawSync(whole.subarray(10, -8));
  assert.equal(plain.length, bytes.length + end.length);
  assert.equal(new DataView(whole.buffer).getUint32(whole.length - 4, true), plain.length);
  assert.throws(
    () => inflateRawSync(whole.subarray(10, -9 - 3)),
    "something stands between the stream and its trailer",
  );
});

Deno.test("openGzip() makes a page much smaller", async () => {
  const line = 'wallet_balance_eth{address="0x00",label="w",namespace="n",network="e",release="r"} 1.5\n';
  const page = new TextEncoder().encode(line.repeat(10_000));
  const size = joined(closeGzip(await openGzip(page), new Uint8Array())).length;
  assert.ok(size < page.length / 20, `${size} of ${page.length} bytes`);
});

Deno.test("openGzip() lets others have their turn while it works", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await openGzip(new Uint8Array(10 * 128 * 1024));
  clearInterval(timer);
  assert.ok(turns >= 5, String(turns));
});
