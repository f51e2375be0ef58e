import assert from "node:assert/strict";
import { effectiveTimes } from "../../src/cli/effective_times.ts";
import type { NetworkConfig } from "../../src/config/model/config.ts";

const network = (interval?: number): NetworkConfig => ({
  name: "main",
  endpoints: [],
  interval,
  wallets: [],
  rejected: [],
});
const day = 86_400_000;

for (
  const [what, config, settings, conflict] of [
    ["the defaults", {}, { interval: 300_000, staleAfter: day }, undefined],
    ["0 for never", {}, { interval: 300_000, staleAfter: 0 }, undefined],
    ["flags in order", {}, { interval: 60_000, staleAfter: 60_001 }, undefined],
    ["equal flags", {}, { interval: 60_000, staleAfter: 60_000 }, /stale after 60 s, and the interval is 60 s/],
    ["flags", {}, { interval: 300_000, staleAfter: 30_000 }, /stale after 30 s, and the interval is 300 s/],
    ["a file and a flag", { staleAfter: 60_000 }, { interval: 300_000, staleAfter: day }, /stale after 60 s/],
    ["a flag and a file", { interval: 60_000 }, { interval: 1000, staleAfter: 30_000 }, /the interval is 60 s/],
    [
      "a network of its own",
      { networks: [network(), network(120_000)] },
      { interval: 1000, staleAfter: 60_000 },
      /the interval of the network main is 120 s/,
    ],
  ] as const
) {
  Deno.test(`AL6: effectiveTimes() compares the stale time with the intervals: ${what}`, () => {
    const found = effectiveTimes({ networks: [], ...config }, settings).conflict;
    if (conflict === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", conflict);
  });
}

Deno.test("AL6: effectiveTimes() extends the default for intervals of a day and more", () => {
  const { staleAfter, conflict } = effectiveTimes({ networks: [] }, { interval: 2 * day, staleAfter: day });
  assert.deepEqual([staleAfter, conflict], [6 * day, undefined]);
  assert.equal(effectiveTimes({ networks: [network(day)] }, { interval: 1000, staleAfter: day }).staleAfter, 3 * day);
});
