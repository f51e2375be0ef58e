import assert from "node:assert/strict";
import { AccountValues } from "../../../src/evm/strategies/account_values.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const ACCOUNTS = toAccounts(accountsOf(3));
const [A, B] = ACCOUNTS;

Deno.test("AccountValues leaves accounts past the last value out", () => {
  const values = new AccountValues(ACCOUNTS, [1n, "timeout"]);
  const visited: unknown[] = [];
  values.forEach((value, account) => visited.push([account, value]));
  assert.deepEqual([values.length, [...values]], [2, [[A, 1n], [B, "timeout"]]]);
  assert.deepEqual(visited, [...values]);
  assert.equal(values.some((_, account) => account === ACCOUNTS[2]), false);
});

Deno.test("AccountValues gives each value with its account", () => {
  const values = new AccountValues(ACCOUNTS, [1n, 2n, "missing"]);
  assert.equal(values.some((value, account) => value === 2n && account === B), true);
  assert.equal(values.some((value, account) => value === 2n && account === A), false);
  const mapped = values.map((value, account) => account === B ? "lagging" : value);
  assert.deepEqual([...mapped].map(([, value]) => value), [1n, "lagging", "missing"]);
  assert.deepEqual([...values].map(([, value]) => value), [1n, 2n, "missing"]);
});

Deno.test("AccountValues leaves a value without an account out", () => {
  const values = new AccountValues(ACCOUNTS.slice(0, 1), [1n, 2n]);
  const visited: unknown[] = [];
  values.forEach((value, account) => visited.push([account, value]));
  assert.deepEqual([visited, [...values]], [[[A, 1n]], [[A, 1n]]]);
  assert.equal(values.some((value) => value === 2n), false);
  const asked: unknown[] = [];
  values.map((value, account) => (asked.push(account), value));
  assert.deepEqual(asked, [A]);
});
