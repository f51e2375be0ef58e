import assert from "node:assert/strict";
import type { Account, Asset } from "../../src/assets/asset.ts";
import { nativeAccount } from "../../src/assets/native.ts";
import { takeDueAccounts } from "../../src/poller/due_accounts.ts";
import { createState, type NetworkState, UNKNOWN } from "../../src/poller/state.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const ASSET: Asset = {
  kind: "count",
  requestType: "method",
  request: (address) => ({ type: "method", method: "eth_count", params: [address] }),
};
const COIN = nativeAccount(addressOf(1));
const SECOND = 1000;

/** The state of a coin and of values; what is due is listed by their keys. */
async function open(...values: readonly Account[]): Promise<{
  readonly state: NetworkState;
  due(ms: number, source?: { readonly isFree?: (account: Account) => boolean }): readonly string[];
}> {
  using clock = createFakeClock();
  const [planned] = (await planOfV2(`version: 2
networks: [{ name: main, endpoints: [http://node], wallets: [{ address: "${COIN.holder}", label: one }] }]`)).networks;
  assert.ok(planned !== undefined);
  const state = createState({ ...planned, accounts: [COIN, ...values], values }, clock);
  let now = 0;
  return {
    state,
    due(ms, source = {}): readonly string[] {
      now += ms;
      return takeDueAccounts(state, source, now).map(({ key }) => key);
    },
  };
}

const valueOf = (key: string, pace?: number, asset = ASSET): Account => ({
  asset,
  holder: COIN.holder,
  key,
  ...(pace === undefined ? {} : { pace }),
});

Deno.test("a value is due in every poll, or at its pace, and a coin always", async () => {
  const { due } = await open(valueOf("slow", 100 * SECOND), valueOf("usual"));
  assert.deepEqual(due(0), [COIN.key, "slow", "usual"]);
  // Polls do not begin at the millisecond.
  assert.deepEqual(due(90 * SECOND - 1), [COIN.key, "usual"]);
  assert.deepEqual(due(1), [COIN.key, "slow", "usual"]);
  assert.deepEqual(due(89 * SECOND), [COIN.key, "usual"]);
  assert.deepEqual(due(11 * SECOND), [COIN.key, "slow", "usual"]);
});

Deno.test("a value that costs no call of its own is due in every poll", async () => {
  const { due } = await open(valueOf("free", 100 * SECOND), valueOf("slow", 100 * SECOND));
  const isFree = ({ key }: Account): boolean => key === "free";
  assert.deepEqual(due(0, { isFree }), [COIN.key, "free", "slow"]);
  assert.deepEqual(due(SECOND, { isFree }), [COIN.key, "free"]);
  // When it is no longer free, its pace counts from when it was last asked for.
  assert.deepEqual(due(89 * SECOND), [COIN.key, "slow"]);
  assert.deepEqual(due(SECOND), [COIN.key, "free"]);
});

Deno.test("a value that was not read is due after a minute, or at its pace if that is shorter", async () => {
  const [slow, fast] = [valueOf("slow", 1000 * SECOND), valueOf("fast", 10 * SECOND)];
  const { state, due } = await open(slow, fast);
  due(0);
  for (const account of [slow, fast]) state.accounts.set(account, { ...UNKNOWN, failure: "timeout", attempted: true });
  assert.deepEqual(due(9 * SECOND - 1), [COIN.key]);
  assert.deepEqual(due(1), [COIN.key, "fast"]);
  assert.deepEqual(due(45 * SECOND - 1), [COIN.key, "fast"]);
  assert.deepEqual(due(1), [COIN.key, "slow"]);
});

Deno.test("a value whose asset does not want it is not due, however long ago it was asked for", async () => {
  let wanted = false;
  const own = valueOf("own", 10 * SECOND, { ...ASSET, isDue: () => wanted });
  const { due } = await open(own, valueOf("other"));
  assert.deepEqual(due(0), [COIN.key, "other"]);
  wanted = true;
  assert.deepEqual(due(0), [COIN.key, "own", "other"]);
  assert.deepEqual(due(SECOND), [COIN.key, "other"]);
  wanted = false;
  assert.deepEqual(due(60 * SECOND, { isFree: () => true }), [COIN.key, "other"]);
});

Deno.test("an asset decides by what is known of related accounts", async () => {
  const related = { coin: COIN };
  const isDue: Asset["isDue"] = (known) => known.related?.["coin"]?.reading?.amount === 7n;
  const own = { ...valueOf("own", undefined, { ...ASSET, isDue }), related };
  const { state, due } = await open(own);
  assert.deepEqual(due(0), [COIN.key]);
  state.accounts.set(COIN, { ...UNKNOWN, reading: { amount: 7n, block: undefined, at: 0, readAt: 0 } });
  assert.deepEqual(due(0), [COIN.key, "own"]);
});

Deno.test("without values, and when all are due, the accounts of the plan are not copied", async () => {
  using clock = createFakeClock();
  const plan = await planOfV2(`version: 2
networks: [{ name: main, endpoints: [http://node], wallets: [{ address: "${COIN.holder}", label: one }] }]`);
  const state = networkAt(watched(plan, { clock }).store, 0);
  assert.equal(takeDueAccounts(state, {}, 0), state.plan.accounts);
  const { state: other } = await open(valueOf("usual"));
  assert.equal(takeDueAccounts(other, {}, 0), other.plan.accounts);
});
