import assert from "node:assert/strict";
import type { Changes } from "../../src/assets/value_state.ts";
import type { Account } from "../../src/assets/asset.ts";
import { type AccountState, UNKNOWN } from "../../src/poller/state.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { addressOf, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const HOUR_MS = 3_600_000;

interface Setting {
  readonly clock: FakeClock;
  /** Records a poll of the coin and the nonce of a wallet; a text is why one was not read. */
  record(coin: bigint | "timeout", nonce: bigint | "timeout" | undefined, ms?: number): void;
  state(): AccountState | undefined;
  /** How the nonce changed. */
  changes(): Changes | undefined;
  /** Of the known hours, from 0: the hour, the transactions and what was spent. */
  costs(): readonly (readonly [number, bigint, bigint])[] | undefined;
}

async function setUp(keys = "transactions: true"): Promise<Setting> {
  const clock = createFakeClock();
  const all = watched(
    await planOfV2(`version: 2
networks: [{ name: main, endpoints: [http://node], wallets: [{ address: "${addressOf(1)}", label: one, ${keys} }] }]`),
    { clock },
  );
  const state = networkAt(all.store, 0);
  const nonce = state.plan.values?.[0] ?? assert.fail();
  const stateOf = (account: Account) => state.accounts.get(account);
  return {
    clock,
    record(coin, nonce, ms = 60_000): void {
      clock.skip(ms);
      all.record(0, nonce === undefined ? [coin] : [coin, nonce]);
    },
    state: () => stateOf(nonce),
    changes: () => stateOf(nonce)?.changes,
    costs: () => stateOf(nonce)?.changes?.costs?.hours.map(({ hour, increase, spent }) => [hour, increase, spent]),
  };
}

Deno.test("what is noted of a value: when it changed, how often, and the readings that were the same since", async () => {
  const { record, changes, clock } = await setUp("code: watch");
  const known = (): readonly unknown[] => {
    const { at, count, same, before } = changes() ?? assert.fail();
    return [at, count, same, before];
  };
  record(10n, "timeout");
  assert.equal(changes(), undefined);
  record(10n, 5n);
  const first = clock.epoch();
  assert.deepEqual(known(), [first, 0, 0, undefined]);
  record(10n, 5n);
  record(10n, 5n);
  assert.deepEqual(known(), [first, 0, 2, 5n]);
  record(10n, 7n);
  const second = clock.epoch();
  assert.deepEqual(known(), [second, 1, 0, 5n]);
  record(10n, "timeout");
  assert.deepEqual(known(), [second, 1, 0, 5n]);
  record(10n, 7n);
  assert.deepEqual(known(), [second, 1, 1, 7n]);
  record(10n, 6n);
  assert.deepEqual(known(), [clock.epoch(), 2, 0, 7n]);
  assert.equal(changes()?.costs, undefined, "it has no coin");
});

Deno.test("a value that was not asked for, or never read, has no other state than before", async () => {
  const { record, state } = await setUp();
  record(10n, "timeout");
  assert.deepEqual(state(), { ...UNKNOWN, failure: "timeout", attempted: true });
  record(10n, 5n);
  const known = state();
  record(10n, undefined);
  assert.equal(state(), known);
});

Deno.test("what the coin paid while a nonce grew is noted by the hour", async () => {
  const { record, costs, clock } = await setUp();
  record(100n, 5n);
  assert.deepEqual(costs(), []);
  record(100n, 5n);
  assert.deepEqual(costs(), [], "nothing happened");
  record(90n, 7n);
  record(85n, 8n);
  assert.deepEqual(costs(), [[0, 3n, 15n]]);
  // Fees that another one pays, and transfers without a transaction of its own.
  record(85n, 9n, HOUR_MS);
  record(80n, 9n, HOUR_MS);
  record(80n, 9n, HOUR_MS);
  assert.deepEqual(costs(), [[0, 3n, 15n], [1, 1n, 0n], [2, 0n, 5n]]);
  record(79n, 10n, 0);
  assert.deepEqual(costs(), [[0, 3n, 15n], [1, 1n, 0n], [2, 0n, 5n], [3, 1n, 1n]]);
  record(78n, 11n, 0);
  assert.deepEqual(costs(), [[0, 3n, 15n], [1, 1n, 0n], [2, 0n, 5n], [3, 2n, 2n]]);
  assert.equal(Math.floor(clock.now() / HOUR_MS), 3);
});

Deno.test("an hour of costs is known for a day", async () => {
  const { record, costs } = await setUp();
  record(100n, 5n);
  record(90n, 6n);
  record(90n, 6n, 23 * HOUR_MS);
  assert.deepEqual(costs(), [[0, 1n, 10n]]);
  record(89n, 7n, HOUR_MS);
  assert.deepEqual(costs(), [[24, 1n, 1n]]);
});

Deno.test("the hours of a day pass while the wallet does nothing", async () => {
  const { record, costs } = await setUp();
  record(100n, 5n);
  record(90n, 6n);
  record(90n, 6n, 24 * HOUR_MS);
  assert.deepEqual(costs(), []);
});

Deno.test("costs are those of nonce and coin that were read in one poll, whatever failed in between", async () => {
  const { record, costs } = await setUp();
  record("timeout", 5n);
  assert.equal(costs(), undefined);
  record(100n, 5n);
  record("timeout", 6n);
  record(90n, "timeout");
  assert.deepEqual(costs(), []);
  record(85n, 8n);
  assert.deepEqual(costs(), [[0, 3n, 15n]]);
});

Deno.test("the transactions around a top-up are left out, since it hides what they cost", async () => {
  const { record, costs } = await setUp();
  record(100n, 5n);
  record(90n, 6n);
  record(990n, 8n);
  assert.deepEqual(costs(), [[0, 1n, 10n]]);
  record(985n, 9n);
  assert.deepEqual(costs(), [[0, 2n, 15n]]);
});

Deno.test("a nonce that fell is that of a chain that was restarted: its costs begin again", async () => {
  const { record, costs } = await setUp();
  record(100n, 5n);
  record(90n, 6n);
  record(70n, 0n);
  assert.deepEqual(costs(), []);
  record(66n, 2n);
  assert.deepEqual(costs(), [[0, 2n, 4n]]);
});
