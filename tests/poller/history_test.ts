import assert from "node:assert/strict";
import fc from "fast-check";
import type { Account } from "../../src/assets/asset.ts";
import { toAccounts } from "../fakes/accounts.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { History } from "../../src/poller/history.ts";

/** The account at a place. */
function at(place: number): Account {
  const [account] = toAccounts(accountsOf(place + 1).slice(-1));
  assert.ok(account !== undefined);
  return account;
}

/** More than one column for each, and past several thinnings. */
const pushes = fc.integer({ min: 1, max: 2000 });

Deno.test("History reaches back to the start, in order, and never grows past its size", () => {
  fc.assert(fc.property(pushes, (count) => {
    const history = new History(toAccounts(accountsOf(1)));
    for (let time = 0; time < count; time++) history.push(time, () => time);
    const { times } = history;
    assert.equal(times[0], 0);
    assert.ok(times.length <= 48);
    assert.ok(times.every((time, index) => index === 0 || time > (times[index - 1] ?? Infinity)));
    assert.deepEqual([...history.points(at(0))], [...times]);
  }));
});

Deno.test("History keeps columns at even distances, and at least half of its size", () => {
  fc.assert(fc.property(pushes, (count) => {
    const history = new History(toAccounts(accountsOf(1)));
    for (let time = 0; time < count; time++) history.push(time, () => time);
    const { times } = history;
    const steps = new Set(times.slice(1).map((time, index) => time - (times[index] ?? NaN)));
    assert.ok(steps.size <= 1, `the steps are ${[...steps]}`);
    assert.ok(times.length >= Math.min(count, 24));
    const [step = 1] = steps;
    assert.ok(count - 1 - (times.at(-1) ?? NaN) < step, "the end is missing");
  }));
});

Deno.test("History keeps accounts apart, also while thinning", () => {
  const history = new History(toAccounts(accountsOf(3)));
  for (let time = 0; time < 500; time++) history.push(time, (account) => 1000 * Number(account.holder) + time);
  for (const place of [0, 1, 2]) {
    assert.deepEqual([...history.points(at(place))], history.times.map((time) => 1000 * (place + 1) + time));
  }
});

Deno.test("History shows NaN where an account was not read", () => {
  const history = new History(toAccounts(accountsOf(2)));
  history.push(1, (account) => account === at(0) ? 5 : NaN);
  history.push(2, () => 6);
  assert.deepEqual([...history.points(at(0))], [5, 6]);
  assert.deepEqual([...history.points(at(1))], [NaN, 6]);
});

Deno.test("History shows a balance that no float can hold as the largest that one can", () => {
  const history = new History(toAccounts(accountsOf(1)));
  history.push(1, () => 1.157920892373162e59);
  const [point = NaN] = history.points(at(0));
  assert.ok(Number.isFinite(point) && point > 1e38, String(point));
});

Deno.test("History returns copies", () => {
  const history = new History(toAccounts(accountsOf(1)));
  history.push(1, () => 1);
  history.points(at(0))[0] = 99;
  assert.deepEqual([...history.points(at(0))], [1]);
});

Deno.test("History is empty at first, and holds no accounts if there are none", () => {
  assert.deepEqual([...new History(toAccounts(accountsOf(2))).points(at(1))], []);
  const none = new History(toAccounts(accountsOf(0)));
  none.push(1, () => 1);
  assert.deepEqual([none.times, [...none.points(at(0))]], [[1], []]);
});
