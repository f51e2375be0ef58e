import assert from "node:assert/strict";
import { startAnvil } from "../../../dev/anvil.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { startNodeProxy } from "../../fakes/node_proxy.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { codeAccount, pollAccounts, valueOfCode } from "../../fakes/programs.ts";

const DELEGATION = `ef0100${"ca11".repeat(10)}`;
const OTHER_DELEGATION = `ef0100${"ca12".repeat(10)}`;
const CONTRACT = "60016002";

/** Not those of precompiled contracts. */
const HOLDERS = accountsOf(40).map((holder) => holder.replace("0x0000", "0xabab"));
const COIN = 10n ** 18n;

Deno.test("a change of code is found in the poll after it, by one more request, and named by the method", async () => {
  await using anvil = await startAnvil();
  // The code of every second wallet is watched.
  const watched = HOLDERS.filter((_, index) => index % 2 === 1);
  const accounts = [...toAccounts(HOLDERS), ...watched.map(codeAccount)];
  const codes = new Map(HOLDERS.map((holder) => [holder, ""]));
  const balances = new Map(HOLDERS.map((holder, index) => [holder, index === 0 ? COIN : 0n]));
  await anvil.setBalance(HOLDERS[0] ?? "", COIN);
  using pool = openPool([anvil.url], { accounts: HOLDERS });
  const poll = async (change: Readonly<Record<number, string>>): Promise<Readonly<Record<string, number>>> => {
    for (const [index, code] of Object.entries(change)) {
      const holder = HOLDERS[Number(index)] ?? assert.fail();
      codes.set(holder, code);
      await anvil.rpc("anvil_setCode", [holder, `0x${code}`]);
    }
    await anvil.rpc("evm_mine");
    const { amounts, calls } = await pollAccounts(pool, accounts);
    assert.deepEqual(amounts, [
      ...HOLDERS.map((holder) => balances.get(holder)),
      ...watched.map((holder) => valueOfCode(codes.get(holder) ?? "")),
    ]);
    return calls;
  };
  await poll({ 1: CONTRACT, 2: CONTRACT });
  assert.deepEqual(await poll({}), { eth_call: 1 });
  // One that is not watched.
  assert.deepEqual(await poll({ 4: DELEGATION }), { eth_call: 1 });
  // The hash of a known code is compared for the first time as well.
  assert.equal((await poll({ 3: DELEGATION }))["eth_getCode"], 2);
  assert.deepEqual(await poll({}), { eth_call: 1 });
  assert.equal((await poll({ 3: OTHER_DELEGATION, 39: DELEGATION }))["eth_getCode"], 2);
  assert.equal((await poll({ 3: "" }))["eth_getCode"], 1);
  assert.deepEqual(await poll({}), { eth_call: 1 });
  // An account that comes into being has no code either.
  for (const holder of [HOLDERS[5] ?? "", HOLDERS[6] ?? ""]) {
    await anvil.setBalance(holder, COIN);
    balances.set(holder, COIN);
  }
  assert.deepEqual(await poll({}), { eth_call: 1 });
});

Deno.test("a node that refuses the digest is read without, and its balances do not suffer", async () => {
  await using anvil = await startAnvil();
  await using proxy = startNodeProxy(anvil.url);
  const accounts = [...toAccounts(HOLDERS), ...HOLDERS.map(codeAccount)];
  using pool = openPool([proxy.url], { accounts: HOLDERS });
  await anvil.rpc("anvil_setCode", [HOLDERS[3], `0x${DELEGATION}`]);
  await anvil.rpc("evm_mine");
  const values = [...HOLDERS.map(() => 0n), ...HOLDERS.map((_, index) => index === 3 ? valueOfCode(DELEGATION) : 0n)];
  assert.deepEqual((await pollAccounts(pool, accounts)).amounts, values);
  proxy.change = (item) => {
    // EXTCODEHASH(ADDRESS) is what only the digest's program begins with.
    if (JSON.stringify(item.params).includes("60003580303f")) {
      throw new Error("invalid opcode: opcode 0x3f not defined");
    }
    return item;
  };
  for (let polls = 0; polls < 5; polls++) {
    const { amounts } = await pollAccounts(pool, accounts);
    assert.deepEqual(amounts, values);
    assert.equal(pool.poolEndpoint.selector.strategy, "packed");
  }
  // By now it is not tried any more: one call for balances, and one for codes.
  const { calls } = await pollAccounts(pool, accounts);
  assert.equal(calls["eth_call"], 2);
});
