import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { startAnvil } from "../../../dev/anvil.ts";
import { MAX_OVERRIDE_BALANCES, overrideBalancesCall } from "../../../src/evm/strategies/override_balances.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

Deno.test("overrideBalancesCall() is executed by a real node, for as many balances as it may request", async () => {
  await using anvil = await startAnvil({ chainId: 77 });
  const accounts = accountsOf(MAX_OVERRIDE_BALANCES);
  const [one = "", , , last = ""] = [accounts[0], accounts[1], accounts[2], accounts[MAX_OVERRIDE_BALANCES - 1]];
  await anvil.setBalance(one, 5n);
  await anvil.setBalance(last, 2n ** 200n);
  await anvil.rpc("evm_mine");
  for (const some of [accounts.slice(0, 1), accounts]) {
    for (const at of ["latest", { number: 1n, time: 0 }] as const) {
      const call = overrideBalancesCall(toAccounts(some), at);
      const { chainId, block, balances } = call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
      assert.deepEqual([chainId, block.number, balances.length], [77, 1n, some.length]);
      assert.equal(balances[0], 5n);
      if (some.length > 1) assert.equal(balances.at(-1), 2n ** 200n);
    }
  }
});
