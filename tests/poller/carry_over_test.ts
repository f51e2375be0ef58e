import assert from "node:assert/strict";
import type { NetworkPlan, Plan } from "../../src/plan/plan.ts";
import { carryOver, isSamePlan } from "../../src/poller/carry_over.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, type Entry, networkAt, planOf, statesOf, watched } from "../fakes/watched.ts";

const URL_A = "https://a.example/";
const wallet = (index: number, label = `w${index}`): Entry => ({ address: addressOf(index), label });

function planAt({ networks: [network] }: Plan): NetworkPlan {
  assert.ok(network !== undefined);
  return network;
}

Deno.test("carryOver() keeps the readings of those that stay, whatever their order, and forgets the others", async () => {
  const clock = createFakeClock();
  const all = watched({ [URL_A]: [wallet(1), wallet(2), wallet(3)] }, { clock });
  all.record(0, [1n, 2n, 3n]);
  await clock.advance(60_000);
  all.record(0, [1n, 5n, "timeout"]);
  const plan = planAt(planOf({ [URL_A]: [wallet(4), wallet(3), wallet(2, "renamed")] }));
  const carried = carryOver(networkAt(all.store, 0), plan, clock);
  const { history, block, chainId } = carried;
  const accounts = statesOf(carried);
  const [first, , last] = plan.accounts;
  assert.ok(first !== undefined && last !== undefined);
  assert.deepEqual(accounts.map(({ reading, failure, attempted }) => [reading?.amount, failure, attempted]), [
    [undefined, undefined, false],
    [3n, "timeout", true],
    [5n, undefined, true],
  ]);
  assert.equal(accounts[2]?.received, 3n);
  assert.deepEqual([block?.number, chainId], [100n, 1]);
  assert.deepEqual(history.points(last).map(({ changeSince }) => changeSince), [3, 0]);
  assert.deepEqual(history.points(first), []);
});

Deno.test("carryOver() keeps nothing of another chain", () => {
  const clock = createFakeClock();
  const all = watched({ [URL_A]: [wallet(1)] }, { clock });
  all.record(0, [1n]);
  const before = networkAt(all.store, 0);
  const same = planAt(planOf({ [URL_A]: [wallet(1)] }));
  const elsewhere = planAt(planOf({ "https://a.other/": [wallet(1)] }));
  for (
    const plan of [elsewhere, { ...same, chainId: 2 }, { ...same, genesis: "0x1" }, { ...same, block: "safe" as const }]
  ) {
    assert.equal(statesOf(carryOver(before, plan, clock))[0]?.reading, undefined);
  }
  assert.equal(statesOf(carryOver(before, same, clock))[0]?.reading?.amount, 1n);
});

Deno.test("isSamePlan() sees every difference", () => {
  const plan = planAt(planOf({ [URL_A]: [{ ...wallet(1), min_balance_eth: 1 }] }));
  assert.ok(isSamePlan(plan, planAt(planOf({ [URL_A]: [{ ...wallet(1), min_balance_eth: 1 }] }))));
  const others = [
    { [URL_A]: [{ ...wallet(1), min_balance_eth: 2 }] },
    { [URL_A]: [{ ...wallet(1, "other"), min_balance_eth: 1 }] },
    { [URL_A]: [{ ...wallet(1), min_balance_eth: 1 }, wallet(2)] },
    { "https://a.example/v2/KEY": [{ ...wallet(1), min_balance_eth: 1 }] },
  ];
  for (const other of others) assert.ok(!isSamePlan(plan, planAt(planOf(other))), JSON.stringify(other));
});
