import assert from "node:assert/strict";
import { accountsOn, hasCoin } from "../../../src/evm/chains/chain_facts.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const COINS = accountsOf(2);
const ACCOUNTS = toAccounts([...COINS, ...COINS.map((holder) => tokenKey(`0x${"ab".repeat(20)}`, holder))]);

Deno.test("hasCoin() is every chain but Tempo's mainnet, testnet and devnet", () => {
  for (const chainId of [4217, 42431, 31318]) assert.equal(hasCoin(chainId), false, String(chainId));
  for (const chainId of [1, 42161, undefined]) assert.equal(hasCoin(chainId), true, String(chainId));
});

Deno.test("accountsOn() leaves native balances out on a chain without a native currency", () => {
  assert.deepEqual(accountsOn(ACCOUNTS, 4217), ACCOUNTS.slice(2));
  assert.deepEqual(accountsOn(ACCOUNTS, 1), ACCOUNTS);
  assert.deepEqual(accountsOn(ACCOUNTS, undefined), ACCOUNTS);
});
