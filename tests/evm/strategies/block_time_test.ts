import assert from "node:assert/strict";
import fc from "fast-check";
import { toSeconds } from "../../../src/evm/strategies/block_time.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { startFakeNode } from "../../fakes/fake_node.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

/** How many units a second has. */
const UNITS = { seconds: 1n, milliseconds: 1000n, microseconds: 1_000_000n, nanoseconds: 1_000_000_000n };

Deno.test("toSeconds() recognises seconds, milliseconds, microseconds and nanoseconds", () => {
  // From 1975 to 2500.
  const seconds = fc.integer({ min: 157_766_400, max: 16_725_225_600 });
  fc.assert(fc.property(seconds, fc.constantFrom(...Object.values(UNITS)), fc.nat(), (time, unit, rest) => {
    assert.equal(toSeconds(BigInt(time) * unit + BigInt(rest) % unit), time);
  }));
});

Deno.test("toSeconds() accepts a chain that begins at 0, and no number without a unit", () => {
  assert.equal(toSeconds(0n), 0);
  assert.equal(toSeconds(10n ** 11n), 10 ** 11, "the bound itself is one of seconds");
  assert.throws(() => toSeconds(2n ** 200n), { reason: "bad_value" });
});

const NOW = 1_700_000_000;
const ACCOUNTS = accountsOf(2);
const BALANCES = new Map(ACCOUNTS.map((address) => [address, 7n]));

for (const [unit, perSecond] of Object.entries(UNITS)) {
  for (const overrides of [true, false]) {
    Deno.test(`a block time in ${unit} is read as seconds, ${overrides ? "by the EVM" : "of a block"}`, async () => {
      await using node = startFakeNode({ time: NOW, perSecond, overrides, balances: BALANCES });
      using pool = openPool([node.url], { accounts: ACCOUNTS });
      const { block, outcomes } = await pollOnce(pool.network, pool.limits);
      assert.equal(block?.time, NOW);
      assert.ok(outcomes.every((outcome) => typeof outcome === "object" && outcome.amount === 7n));
    });
  }
}
