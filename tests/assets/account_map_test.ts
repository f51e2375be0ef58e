import assert from "node:assert/strict";
import { AccountMap } from "../../src/assets/account_map.ts";
import { accountOf, toAccounts } from "../fakes/accounts.ts";
import { accountsOf } from "../fakes/open_pool.ts";

Deno.test("AccountMap reads like a map of its accounts, in their order", () => {
  const accounts = toAccounts(accountsOf(3));
  const [first, second, third] = accounts;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const map = new AccountMap<number>(accounts, 0);
  map.set(third, 3);
  map.set(first, 1);
  assert.deepEqual([map.size, map.get(first), map.get(second), map.get(third)], [3, 1, 0, 3]);
  assert.deepEqual([...map.values()], [1, 0, 3]);
  assert.deepEqual([...map], [[first, 1], [second, 0], [third, 3]]);
  const visited: unknown[] = [];
  map.forEach((value, account) => visited.push([account, value]));
  assert.deepEqual(visited, [...map]);
});

Deno.test("AccountMap knows no other accounts, and shares nothing with a map of the same", () => {
  const accounts = toAccounts(accountsOf(2));
  const [map, same] = [new AccountMap<number>(accounts, 0), new AccountMap<number>(accounts, 5)];
  const other = accountOf(accountsOf(3)[2] ?? "");
  map.set(other, 7);
  assert.deepEqual([map.get(other), [...map.values()], [...same.values()]], [undefined, [0, 0], [5, 5]]);
});

Deno.test("AccountMap finds the accounts of a plan in other lists, too", () => {
  const accounts = toAccounts(accountsOf(3)).map((account, place) => ({ ...account, place }));
  const [first, second, third] = accounts;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const added = accountOf(accountsOf(4)[3] ?? "");
  for (const list of [accounts, [third, added], [added, first, third], accounts.toReversed()]) {
    const map = new AccountMap<string>(list, "none");
    for (const account of [...accounts, added]) map.set(account, account.key);
    for (const account of [...accounts, added]) {
      assert.equal(map.get(account), list.includes(account) ? account.key : undefined);
    }
    assert.deepEqual([...map], list.map((account) => [account, account.key]));
  }
  assert.equal(new AccountMap(accounts, 1).get({ ...second }), undefined, "another plan's");
});
