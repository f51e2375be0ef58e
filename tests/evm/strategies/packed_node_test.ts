import assert from "node:assert/strict";
import { startAnvil } from "../../../dev/anvil.ts";
import { MOST_PACKED, packedCall } from "../../../src/evm/strategies/packed_call.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

Deno.test("packedCall() is understood by a real node, for as many balances as it may ask for", async () => {
  await using anvil = await startAnvil({ chainId: 77 });
  const accounts = accountsOf(MOST_PACKED);
  const [one = "", , , last = ""] = [accounts[0], accounts[1], accounts[2], accounts[MOST_PACKED - 1]];
  await anvil.setBalance(one, 5n);
  await anvil.setBalance(last, 2n ** 200n);
  await anvil.rpc("evm_mine");
  for (const some of [accounts.slice(0, 1), accounts]) {
    for (const at of ["latest", { number: 1n, time: 0 }] as const) {
      const call = packedCall(some, at);
      const { chainId, block, balances } = call.decode(await anvil.rpc(call.method, JSON.parse(call.params)));
      assert.deepEqual([chainId, block.number, balances.length], [77, 1n, some.length]);
      assert.equal(balances[0], 5n);
      if (some.length > 1) assert.equal(balances.at(-1), 2n ** 200n);
    }
  }
});
