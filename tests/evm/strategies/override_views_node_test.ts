import assert from "node:assert/strict";
import { startAnvil } from "../../../dev/anvil.ts";
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

Deno.test("overrideViewsCall() ends its answer before the gas does", async () => {
  await using anvil = await startAnvil({ chainId: 77 });
  await installTokens(anvil);
  await anvil.rpc("evm_mine");
  const accounts = accountsOf(200).map((holder) => tokenKey(TOKENS.greedy, holder));
  const call = overrideViewsCall(toAccounts(accounts), "latest");
  const { balances } = call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
  assert.ok(balances.length > 70 && balances.length < 90, `${balances.length}`);
});
