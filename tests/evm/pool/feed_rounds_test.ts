import assert from "node:assert/strict";
import type { Account } from "../../../src/assets/asset.ts";
import { applyRounds, withRounds } from "../../../src/evm/pool/feed_rounds.ts";
import type { Outcome } from "../../../src/model/source.ts";
import { planPrice } from "../../../src/plan/plan_tokens.ts";
import type { NetworkPlan } from "../../../src/plan/plan.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { addressOf, planOf } from "../../fakes/watched.ts";

const ETH = planPrice({ symbols: ["ETH"], feed: addressOf(8), maxAge: 1 });
const BTC = planPrice({ symbols: ["BTC"], feed: addressOf(9), maxAge: 1 });
const COINS = toAccounts(accountsOf(2));
const ALL = [...COINS, ETH.account, ETH.updated, BTC.account, BTC.updated];
const ROUNDS = [ETH, BTC].flatMap(({ round }) => [round.answer, round.updated]);

/** A network with both feeds; whether they have rounds alone, if it is known. */
function feeds(eth?: boolean, btc?: boolean): { plan: NetworkPlan; roundFeeds: Map<string, boolean> } {
  const [plan] = planOf({ "http://node.example": [] }).networks;
  if (plan === undefined) throw new RangeError("No network");
  const roundFeeds = new Map<string, boolean>();
  if (eth !== undefined) roundFeeds.set(ETH.account.key, eth);
  if (btc !== undefined) roundFeeds.set(BTC.account.key, btc);
  return { plan: { ...plan, prices: [ETH, BTC] }, roundFeeds };
}

function good(amount: bigint): Outcome {
  return { amount, block: undefined };
}

Deno.test("rounds are read beside what a feed may have, and alone once they are all that it has", () => {
  const table = [
    [feeds(), [...ALL, ...ROUNDS]],
    [feeds(false, undefined), [...ALL, BTC.round.answer, BTC.round.updated]],
    [feeds(true, false), [...COINS, BTC.account, BTC.updated, ETH.round.answer, ETH.round.updated]],
    [feeds(true, true), [...COINS, ...ROUNDS]],
  ] as const;
  for (const [network, expected] of table) {
    assert.deepEqual(withRounds(network, ALL).map(({ key }) => key), expected.map(({ key }) => key));
  }
});

Deno.test("without feeds, and where none has rounds alone, no list of accounts or outcomes is copied", () => {
  const outcomes = new Map(ALL.map((account) => [account, good(1n)]));
  const known = feeds(false, false);
  const { plan: { prices: _, ...plan }, roundFeeds } = feeds();
  for (const network of [known, { plan, roundFeeds }]) {
    assert.equal(withRounds(network, ALL), ALL);
    assert.equal(applyRounds(network, outcomes), outcomes);
  }
});

Deno.test("a feed has rounds alone if an answer and its time were read of a round, but not of their functions", () => {
  const learn = (answer: Outcome, updated: Outcome, ofRound: Outcome, ofRoundsTime: Outcome): boolean | undefined => {
    const network = feeds();
    const { account, round } = ETH;
    const outcomes = new Map<Account, Outcome>([[account, answer], [ETH.updated, updated]]);
    outcomes.set(round.answer, ofRound).set(round.updated, ofRoundsTime);
    applyRounds(network, outcomes);
    assert.equal(network.roundFeeds.has(BTC.account.key), false, "nothing was read of it");
    return network.roundFeeds.get(account.key);
  };
  const no = "rpc_error";
  const yes = good(1n);
  assert.equal(learn(yes, yes, yes, yes), false);
  assert.equal(learn(yes, yes, no, no), false);
  assert.equal(learn(yes, no, yes, yes), true);
  assert.equal(learn(no, yes, yes, yes), true);
  assert.equal(learn(no, no, yes, yes), true);
  assert.equal(learn(no, no, yes, no), undefined);
  assert.equal(learn(no, no, no, yes), undefined);
  assert.equal(learn(no, no, no, no), undefined);
});

Deno.test("what is known of a feed is not learned again", () => {
  const outcomes = new Map([...ALL, ...ROUNDS].map((account): [Account, Outcome] => [account, good(1n)]));
  const network = feeds(true);
  applyRounds(network, outcomes);
  assert.deepEqual([...network.roundFeeds.values()], [true, false]);
});

Deno.test("the outcomes of rounds are those of the plan's accounts, and others are left as they are", () => {
  const amounts = (outcomes: Iterable<readonly [Account, Outcome]>): unknown =>
    [...outcomes].map(([{ key }, outcome]) => [key, typeof outcome === "string" ? outcome : outcome.amount]);
  const [coin] = COINS;
  const outcomes = new Map<Account, Outcome>([
    [coin ?? ETH.account, good(7n)],
    [BTC.account, good(3n)],
    [BTC.updated, good(4n)],
    [BTC.round.answer, "rpc_error"],
    [BTC.round.updated, "rpc_error"],
    [ETH.round.answer, good(1n)],
    [ETH.round.updated, good(2n)],
  ]);
  const before = new Map(outcomes);
  const others = [[coin?.key, 7n], [BTC.account.key, 3n], [BTC.updated.key, 4n]];
  assert.deepEqual(amounts(applyRounds(feeds(true), outcomes)), [...others, [ETH.account.key, 1n], [
    ETH.updated.key,
    2n,
  ]]);
  assert.deepEqual(outcomes, before);
  outcomes.delete(ETH.round.answer);
  outcomes.set(ETH.round.updated, "timeout");
  assert.deepEqual(
    amounts(applyRounds(feeds(true), outcomes)),
    [...others, [ETH.account.key, "missing"], [ETH.updated.key, "timeout"]],
    "what was not asked for is missing",
  );
  assert.deepEqual(amounts(applyRounds(feeds(), outcomes)), others, "rounds that were not read are no outcomes");
});
