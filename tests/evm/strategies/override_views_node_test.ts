import assert from "node:assert/strict";
import { startAnvil } from "../../../dev/anvil.ts";
import type { Account, ViewAnswer } from "../../../src/assets/asset.ts";
import { View } from "../../../src/assets/view.ts";
import { callData, CONTRACTS, selectorOf } from "../../fakes/contracts.ts";
import { send } from "../../fakes/live.ts";
import { addressOf } from "../../fakes/watched.ts";
import { overrideViewsCall } from "../../../src/evm/strategies/override_views.ts";
import { decimalsKey, toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { installTokens, setTokens, TOKENS } from "../../rig/token_contracts.ts";

Deno.test("overrideViewsCall() is understood by a real node, for good contracts and bad", async () => {
  await using anvil = await startAnvil({ chainId: 77 });
  await installTokens(anvil);
  const [one = "", other = ""] = accountsOf(2);
  await setTokens(anvil, TOKENS.good, one, 5n);
  await setTokens(anvil, TOKENS.other, other, 2n ** 200n);
  await anvil.rpc("evm_mine");
  const accounts = [
    tokenKey(TOKENS.good, one),
    tokenKey(TOKENS.greedy, one),
    decimalsKey(TOKENS.good),
    tokenKey(TOKENS.short, one),
    tokenKey(TOKENS.other, other),
    tokenKey(TOKENS.missing, one),
    tokenKey(TOKENS.good, other),
  ];
  for (const at of ["latest", { number: 1n, time: 0 }] as const) {
    const call = overrideViewsCall(toAccounts(accounts), at);
    const { chainId, block, balances } = call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
    assert.deepEqual([chainId, block.number], [77, 1n]);
    assert.deepEqual(balances.map((each) => each instanceof RpcError ? each.reason : each), [
      5n,
      "reverted",
      6n,
      "reverted",
      2n ** 200n,
      "reverted",
      0n,
    ]);
  }
});

/** A view of a contract that has it, or does not. */
function viewOf(contract: string, signature: string, words: readonly bigint[], answer?: ViewAnswer): Account {
  const argument = words.map((word) => word.toString(16).padStart(64, "0")).join("");
  const call = { signature, functionSelector: selectorOf(signature), argumentParts: [argument], answer };
  return new View(contract, call).account(contract);
}

Deno.test("overrideViewsCall() calls with data of any length and reads any word of an answer, on a real node", async () => {
  await using anvil = await startAnvil({ chainId: 77 });
  await installTokens(anvil);
  const [one = ""] = accountsOf(1);
  // Not those of precompiles.
  const [registry, items] = [addressOf(101), addressOf(102)];
  await anvil.rpc("anvil_setCode", [registry, CONTRACTS.subscriptions]);
  await anvil.rpc("anvil_setCode", [items, CONTRACTS.erc1155]);
  await send(anvil, items, callData("mint(address,uint256,uint256)", one, 9n, 2n ** 255n));
  await send(anvil, registry, callData("fund(uint256)", 1n), 6n);
  await setTokens(anvil, TOKENS.good, one, 5n);
  await anvil.rpc("evm_mine");
  const word = (index: number, words: number, isOpen = true): ViewAnswer => ({ word: index, words, isOpen });
  const accounts = [
    viewOf(registry, "getSubscription(uint256)", [1n], word(0, 5)),
    ...toAccounts([tokenKey(TOKENS.good, one), tokenKey(TOKENS.greedy, one)]),
    viewOf(items, "balanceOf(address,uint256)", [BigInt(one), 9n]),
    viewOf(registry, "getSubscription(uint256)", [1n], word(7, 8, false)),
    viewOf(registry, "getSubscription(uint256)", [1n], word(7, 9)),
    viewOf(registry, "getSubscription(uint256)", [1n], word(0, 5, false)),
    ...toAccounts([decimalsKey(TOKENS.good), tokenKey(TOKENS.long, one), tokenKey(TOKENS.missing, one)]),
    viewOf(TOKENS.good, "decimals()", []),
    viewOf(items, "balanceOf(address,uint256)", [BigInt(one), 8n, ...Array<bigint>(100).fill(7n)]),
    viewOf(items, "balanceOf(address,uint256)", [BigInt(one), 9n, ...Array<bigint>(100).fill(7n)]),
  ];
  const call = overrideViewsCall(accounts, "latest");
  const { chainId, balances } = call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
  assert.equal(chainId, 77);
  assert.deepEqual(balances.map((each) => each instanceof RpcError ? each.reason : each), [
    6n,
    5n,
    "reverted",
    2n ** 255n,
    2n ** 160n - 1n,
    "reverted",
    "reverted",
    6n,
    "reverted",
    "reverted",
    6n,
    0n,
    2n ** 255n,
  ]);
  // Each alone, and in any order: nothing is left in memory that another returns.
  for (const order of [accounts.toReversed(), ...accounts.map((account) => [account])]) {
    const other = overrideViewsCall(order, "latest");
    const again = other.decode(await anvil.rpc(other.method, JSON.parse(other.params))).balances;
    const expected = order.map((account) => balances[accounts.indexOf(account)]);
    assert.deepEqual(again, expected);
  }
});

Deno.test("overrideViewsCall() ends its answer before the gas does", async () => {
  await using anvil = await startAnvil({ chainId: 77 });
  await installTokens(anvil);
  await anvil.rpc("evm_mine");
  const accounts = accountsOf(200).map((holder) => tokenKey(TOKENS.greedy, holder));
  const call = overrideViewsCall(toAccounts(accounts), "latest");
  const { balances } = call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
  assert.ok(balances.length > 70 && balances.length < 90, `${balances.length}`);
  const views = accountsOf(200).map((holder) => viewOf(TOKENS.greedy, "a(address,uint256)", [BigInt(holder), 1n]));
  const other = overrideViewsCall(views, "latest");
  const { length } = other.decode(await anvil.rpc(other.method, JSON.parse(other.params))).balances;
  assert.ok(length > 70 && length < 90, `${length}`);
});
