import assert from "node:assert/strict";
import type { Account, Asset } from "../../src/assets/asset.ts";
import { AccountMap } from "../../src/assets/account_map.ts";
import { nativeAccount } from "../../src/assets/native.ts";
import { type AccountState, UNKNOWN } from "../../src/poller/state.ts";
import { valueState } from "../../src/poller/value_states.ts";
import { addressOf } from "../fakes/watched.ts";

const ASSET: Asset = {
  kind: "count",
  requestType: "method",
  request: (address) => ({ type: "method", method: "eth_count", params: [address] }),
};
const COIN = nativeAccount(addressOf(1));
const SLOW: Account = { asset: ASSET, holder: COIN.holder, key: "slow", pace: 100, related: { coin: COIN } };
const ALONE: Account = { asset: ASSET, holder: COIN.holder, key: "alone" };

const readAt = (readAt: number): AccountState => ({
  ...UNKNOWN,
  attempted: true,
  spent: 3n,
  reading: { amount: 5n, block: undefined, at: 1, readAt },
});

function statesOf(...states: readonly (readonly [Account, AccountState])[]): AccountMap<AccountState> {
  const accounts = new AccountMap([COIN, SLOW, ALONE], UNKNOWN);
  for (const [account, state] of states) accounts.set(account, state);
  return accounts;
}

Deno.test("a value has its own state and, by name, those of its related accounts", () => {
  const [own, coin] = [readAt(10), readAt(20)];
  const accounts = statesOf([SLOW, own], [COIN, coin], [ALONE, own]);
  assert.deepEqual(valueState(accounts, SLOW), { ...own, related: { coin } });
  assert.deepEqual(valueState(accounts, ALONE), own);
});

Deno.test("a reading that is too old is left out, later if the value is read less often", () => {
  const isShown = (account: Account, oldest: number): boolean =>
    valueState(statesOf([account, readAt(1000)]), account, oldest).reading !== undefined;
  assert.deepEqual([isShown(ALONE, 1000), isShown(ALONE, 1001)], [true, false]);
  assert.deepEqual([isShown(SLOW, 1100), isShown(SLOW, 1101)], [true, false]);
  const { reading, spent, attempted } = valueState(statesOf([ALONE, readAt(1000)]), ALONE, 1001);
  assert.deepEqual([reading, spent, attempted], [undefined, 3n, true], "the rest is as it was");
});

Deno.test("readings of related accounts are left out by their own age", () => {
  const { reading, related } = valueState(statesOf([SLOW, readAt(950)], [COIN, readAt(950)]), SLOW, 1000);
  assert.notEqual(reading, undefined);
  assert.equal(related?.["coin"]?.reading, undefined);
});

Deno.test("nothing is known of an account that no plan has, nor of one that was not read", () => {
  const other: Account = { ...ALONE, key: "other" };
  assert.deepEqual(valueState(statesOf(), other), UNKNOWN);
  assert.deepEqual(valueState(statesOf(), ALONE, 0), UNKNOWN);
});
