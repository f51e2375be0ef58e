import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { joinParts } from "../../src/metrics/piece.ts";
import { pacedBody } from "../../src/server/paced_body.ts";

Deno.test("pacedBody() hands out any parts as they are, a slice each time the client has room", async () => {
  const part = fc.tuple(fc.constantFrom(0, 1, 5000, 128 * 1024, 300_000), fc.nat(255))
    .map(([size, byte]) => new Uint8Array(size).fill(byte));
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      let taken = 0;
      const chunks = await Array.fromAsync(pacedBody(joinParts(parts), () => taken++));
      assert.equal(Buffer.compare(Buffer.concat(chunks), Buffer.concat(parts)), 0);
      assert.ok(chunks.every(({ length }) => length > 0 && length <= 256 * 1024));
      assert.ok(chunks.every(({ buffer }) => parts.some((part) => part.buffer === buffer)), "a part was copied");
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      assert.equal(taken, Math.floor(size / (256 * 1024)) + 1);
    }),
    { numRuns: 30 },
  );
});

Deno.test("pacedBody() makes nothing before the client takes it", async () => {
  let taken = 0;
  const reader = pacedBody(joinParts([new Uint8Array(1_000_000)]), () => taken++).getReader();
  await Promise.resolve();
  assert.equal(taken, 0);
  await reader.read();
  assert.equal(taken, 1);
  await reader.cancel();
});
