import assert from "node:assert/strict";
import { grow, shrink } from "../../src/chain/batch_limit.ts";
import type { Endpoint } from "../../src/rpc/endpoint.ts";
import { createManualClock, type ManualClock } from "../fakes/manual_clock.ts";
import { openFake } from "../fakes/open_fake.ts";

const HOUR = 3_600_000;

function withEndpoint(use: (endpoint: Endpoint, clock: ManualClock) => Promise<void>): () => Promise<void> {
  return async () => {
    using opened = openFake("http://127.0.0.1:1234");
    const clock = createManualClock();
    await use({ ...opened.endpoint, clock }, clock);
  };
}

Deno.test(
  "shrink() halves, down to no batches",
  withEndpoint((endpoint) => {
    const sizes = [100, 50, 25, 12, 6, 3].map((tried) => {
      shrink(endpoint, tried, "size");
      return endpoint.batchLimit.size;
    });
    assert.deepEqual(sizes, [50, 25, 12, 6, 3, 1]);
    return Promise.resolve();
  }),
);

Deno.test(
  "shrink() learns once from batches that are refused together",
  withEndpoint((endpoint) => {
    for (let batch = 0; batch < 10; batch++) shrink(endpoint, 100, "size");
    assert.equal(endpoint.batchLimit.size, 50);
    return Promise.resolve();
  }),
);

Deno.test(
  "shrink() goes to single calls where there are no batches",
  withEndpoint((endpoint) => {
    shrink(endpoint, 100, "no_batch");
    assert.equal(endpoint.batchLimit.size, 1);
    return Promise.resolve();
  }),
);

Deno.test(
  "grow() tries twice as many an hour after the last refusal, and goes on until refused",
  withEndpoint(async (endpoint, clock) => {
    shrink(endpoint, 24, "size");
    await clock.advance(HOUR - 1);
    grow(endpoint);
    assert.equal(endpoint.batchLimit.size, 12);
    await clock.advance(1);
    grow(endpoint);
    assert.equal(endpoint.batchLimit.size, 24);
    shrink(endpoint, 24, "size");
    grow(endpoint);
    assert.equal(endpoint.batchLimit.size, 12, "the answer is no for another hour");
    await clock.advance(HOUR);
    for (let cycle = 0; cycle < 5; cycle++) grow(endpoint);
    assert.equal(endpoint.batchLimit.size, 100, "the first size is the largest");
  }),
);

Deno.test(
  "grow() tries batches again where there were none",
  withEndpoint(async (endpoint, clock) => {
    shrink(endpoint, 2, "no_batch");
    await clock.advance(HOUR);
    grow(endpoint);
    assert.equal(endpoint.batchLimit.size, 2);
  }),
);
