import assert from "node:assert/strict";
import { hasCoin, skippedCoins } from "../../../src/evm/strategies/coinless.ts";
import { tokenAccount } from "../../../src/plan/plan.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const COINS = accountsOf(2);
const ACCOUNTS = [...COINS, ...COINS.map((holder) => tokenAccount(`0x${"ab".repeat(20)}`, holder))];

Deno.test("hasCoin() is every chain but Tempo's mainnet, testnet and devnet", () => {
  for (const chainId of [4217, 42431, 31318]) assert.equal(hasCoin(chainId), false, String(chainId));
  for (const chainId of [1, 42161, undefined]) assert.equal(hasCoin(chainId), true, String(chainId));
});

Deno.test("skippedCoins() counts the accounts before the tokens', on a chain without a coin", () => {
  assert.equal(skippedCoins(ACCOUNTS, 4217), 2);
  assert.equal(skippedCoins(ACCOUNTS, 1), 0);
  assert.equal(skippedCoins(ACCOUNTS, undefined), 0);
});
