import assert from "node:assert/strict";
import type { Account } from "../../src/assets/asset.ts";
import fc from "fast-check";
import type { Late, PollResult } from "../../src/model/source.ts";
import { type Reason, REASON_NAMES, RpcError } from "../../src/jsonrpc/errors.ts";
import { type AccountState, wasSuccessful } from "../../src/poller/state.ts";
import { mainReason, recordPoll } from "../../src/poller/record_poll.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, type Entries, networkAt, pollOf, statesOf, type Watched, watched } from "../fakes/watched.ts";

const two: Entries = {
  "https://a.example/": [{ address: addressOf(1), label: "one" }, { address: addressOf(2), label: "two" }],
};

function setUp(): {
  readonly clock: FakeClock;
  readonly all: Watched;
  readonly accounts: () => readonly AccountState[];
} {
  const clock = createFakeClock();
  const all = watched(two, { clock });
  return { clock, all, accounts: () => statesOf(networkAt(all.store, 0)) };
}

/** A poll of two balances that are only as fresh as their block. */
function latePoll(late: Late, accounts: readonly Account[]): PollResult {
  const poll = pollOf([5n, 6n], 9n, undefined, accounts);
  return {
    ...poll,
    late,
    outcomes: new Map(
      [...poll.outcomes].map(([account, each]) => [account, typeof each === "string" ? each : { ...each, late }]),
    ),
  };
}

Deno.test("recordPoll() takes a first reading for no spend", () => {
  const { all, accounts } = setUp();
  all.record(0, [5n * COIN, 0n], 7n);
  assert.deepEqual(accounts().map(({ spent, received }) => [spent, received]), [[0n, 0n], [0n, 0n]]);
  assert.deepEqual(accounts()[0]?.reading, {
    amount: 5n * COIN,
    block: { number: 7n, time: 1_600_000_007 },
    at: 1_700_000_000,
    readAt: 1000,
  });
});

Deno.test("recordPoll() sums falls and rises exactly, to the last wei", () => {
  const wei = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
  const reading = fc.oneof(wei, fc.constantFrom<Reason>("timeout", "missing"));
  fc.assert(fc.property(fc.array(reading, { maxLength: 30 }), (readings) => {
    const { all, accounts } = setUp();
    let last: bigint | undefined;
    let spent = 0n;
    let received = 0n;
    for (const outcome of readings) {
      all.record(0, [outcome, 1n]);
      if (typeof outcome === "string") continue;
      if (last !== undefined && outcome < last) spent += last - outcome;
      if (last !== undefined && outcome > last) received += outcome - last;
      last = outcome;
    }
    assert.equal(accounts()[0]?.reading?.amount, last);
    assert.deepEqual([accounts()[0]?.spent, accounts()[0]?.received], [spent, received]);
    assert.deepEqual([accounts()[1]?.spent, accounts()[1]?.received], [0n, 0n]);
  }));
});

Deno.test("recordPoll() keeps the last good value with its time and block when a read fails", async () => {
  const { clock, all, accounts } = setUp();
  all.record(0, [3n, 4n], 7n);
  const [good] = accounts();
  await clock.advance(60_000);
  all.record(0, ["timeout", 9n], 8n);
  assert.equal(accounts()[0]?.reading, good?.reading);
  assert.equal(accounts()[0]?.failure, "timeout");
  assert.deepEqual(accounts()[1]?.reading, {
    amount: 9n,
    block: { number: 8n, time: 1_600_000_008 },
    at: 1_700_000_060,
    readAt: 61_000,
  });
  all.record(0, [2n, 9n]);
  assert.deepEqual([accounts()[0]?.failure, accounts()[0]?.spent], [undefined, 1n]);
});

Deno.test("recordPoll() records a fall to a true zero", () => {
  const { all, accounts } = setUp();
  all.record(0, [3n * COIN, 1n]);
  all.record(0, [0n, 1n]);
  assert.deepEqual([accounts()[0]?.reading?.amount, accounts()[0]?.spent], [0n, 3n * COIN]);
});

Deno.test("recordPoll() distinguishes never read, failed and read", () => {
  const { all, accounts } = setUp();
  assert.deepEqual(accounts().map(wasSuccessful), [false, false]);
  all.record(0, ["connect", 1n]);
  assert.deepEqual(accounts().map(({ attempted }) => attempted), [true, true]);
  assert.deepEqual(accounts().map(wasSuccessful), [false, true]);
  assert.equal(accounts()[0]?.reading, undefined);
});

Deno.test("recordPoll() never changes what a snapshot holds", () => {
  const { all, accounts } = setUp();
  all.record(0, [3n, 4n]);
  const snapshot = accounts().slice();
  const copies = structuredClone(snapshot);
  const page = all.snapshot();
  all.record(0, ["timeout", 0n]);
  all.record(0, [1n, 2n]);
  assert.deepEqual(snapshot, copies);
  assert.deepEqual(page.networks[0]?.states["native"], copies);
});

Deno.test("recordPoll() keeps a newer balance when an older one comes", () => {
  const { all, accounts } = setUp();
  all.record(0, [5n, 6n], 9n);
  all.record(0, [1n, "timeout"], 7n);
  assert.deepEqual(accounts().map(({ reading, failure }) => [reading?.amount, reading?.block?.number, failure]), [
    [5n, 9n, "lagging"],
    [6n, 9n, "timeout"],
  ]);
  all.record(0, [2n, 2n], 9n);
  assert.deepEqual(accounts().map(({ reading, failure }) => [reading?.amount, failure]), [[2n, undefined], [
    2n,
    undefined,
  ]]);
});

Deno.test("L5: recordPoll() keeps a balance when that of the block before comes, and calls the check good", () => {
  const { clock, all, accounts } = setUp();
  const network = networkAt(all.store, 0);
  all.record(0, [5n, 6n], 9n);
  clock.setWall(60);
  all.record(0, [1n, 6n], 8n);
  assert.deepEqual(accounts().map(({ reading, failure }) => [reading?.amount, reading?.block?.number, failure]), [
    [5n, 9n, undefined],
    [6n, 9n, undefined],
  ]);
  assert.equal(accounts()[0]?.reading?.at, clock.epoch());
  assert.equal(network.block?.number, 9n);
  assert.equal(accounts()[0]?.spent, 0n);
});

Deno.test("recordPoll() lets no block of the future keep later balances out", () => {
  const { clock, all, accounts } = setUp();
  const network = networkAt(all.store, 0);
  const future = { number: 200n, time: clock.epoch() + 3 * 3600 };
  const lie = pollOf([5n, 5n], 200n, undefined, network.plan.accounts);
  recordPoll(
    all.store,
    network,
    { ...lie, outcomes: new Map([...lie.outcomes].map(([account]) => [account, { amount: 5n, block: future }])) },
    clock,
    0,
  );
  all.record(0, [7n, 7n], 101n);
  assert.deepEqual(accounts().map(({ reading }) => reading?.amount), [7n, 7n]);
});

Deno.test("recordPoll() lets balances of an endpoint that lags age by their block, as failed checks", () => {
  const { clock, all, accounts } = setUp();
  const network = networkAt(all.store, 0);
  recordPoll(all.store, network, latePoll("lagging", network.plan.accounts), clock, clock.now());
  const [one] = accounts();
  assert.equal(one?.reading?.amount, 5n);
  assert.equal(one?.reading?.at, 1_600_000_009);
  assert.equal(one?.reading?.readAt, clock.now() - 1000 * (1_700_000_000 - 1_600_000_009));
  assert.equal(one?.failure, "lagging");
});

Deno.test("recordPoll() lets balances of a halted chain age by their block, as successful reads", () => {
  const { clock, all, accounts } = setUp();
  const network = networkAt(all.store, 0);
  recordPoll(all.store, network, latePoll("halted", network.plan.accounts), clock, clock.now());
  assert.deepEqual([accounts()[0]?.reading?.at, accounts()[0]?.failure], [1_600_000_009, undefined]);
});

Deno.test("recordPoll() moves the block only with a balance of it", () => {
  const { all } = setUp();
  const network = networkAt(all.store, 0);
  all.record(0, [1n, "timeout"], 7n);
  assert.equal(network.block?.number, 7n);
  all.record(0, ["timeout", "reset"], 8n);
  assert.equal(network.block?.number, 7n);
  assert.equal(network.endpoints[0]?.state, "unreachable");
  all.record(0, [1n, 1n], 9n);
  assert.deepEqual([network.block?.number, network.endpoints[0]?.state, network.chainId], [9n, "ok", 1]);
});

Deno.test("recordPoll() notes when the poll ended by the wall clock, and its duration by the monotonic one", async () => {
  const { clock, all } = setUp();
  const network = networkAt(all.store, 0);
  const started = clock.now();
  await clock.advance(2500);
  clock.setWall(-3600);
  recordPoll(all.store, network, pollOf([1n, 2n], undefined, undefined, network.plan.accounts), clock, started);
  assert.deepEqual([network.seconds, network.lastFinished], [2.5, 1_700_000_002.5 - 3600]);
});

Deno.test("recordPoll() adds to the history what was read", async () => {
  const { clock, all } = setUp();
  const { history, plan: { accounts: [first, second] } } = networkAt(all.store, 0);
  assert.ok(first !== undefined && second !== undefined);
  all.record(0, [1n, 2n]);
  await clock.advance(60_000);
  all.record(0, ["timeout", 3n]);
  await clock.advance(60_000);
  all.record(0, ["timeout", "timeout"]);
  await clock.advance(60_000);
  all.record(0, [3n, "timeout"]);
  const shown = [first, second].map((account) => history.points(account).map(({ changeSince }) => changeSince));
  assert.deepEqual(shown, [[2, 0], [1, 0]]);
  assert.deepEqual(history.change(first, "hour"), {
    amount: 2,
    spent: 0,
    spentSeconds: 0,
    largest: 0,
    largestSeconds: 0,
    seconds: 180,
  });
});

Deno.test("recordPoll() counts a change and notifies once it is complete", () => {
  const { all, accounts } = setUp();
  const seen: unknown[] = [];
  all.store.onChange = () => seen.push([all.store.generation, accounts().map(({ reading }) => reading?.amount)]);
  all.record(0, [1n, 2n]);
  all.record(0, [3n, "timeout"]);
  assert.deepEqual(seen, [[1, [1n, 2n]], [2, [3n, 2n]]]);
});

Deno.test("recordPoll() ends a poll of a network with nothing to read", () => {
  const clock = createFakeClock();
  const all = watched({ "https://a.example/": [] }, { clock });
  all.record(0, []);
  const { lastFinished, endpoints } = networkAt(all.store, 0);
  assert.deepEqual([lastFinished, endpoints], [1_700_000_000, []]);
});

Deno.test("mainReason() is that of the failure, or the most frequent one", () => {
  assert.equal(mainReason(pollOf([1n, 2n])), undefined);
  assert.equal(mainReason(pollOf(["reset", "timeout", "timeout", 1n])), "timeout");
  assert.equal(mainReason(pollOf(["reset"], 1n, new RpcError("tls", ""))), "tls");
  fc.assert(fc.property(fc.array(fc.constantFrom(...REASON_NAMES), { minLength: 1 }), (reasons) => {
    const count = (reason: unknown): number => reasons.filter((each) => each === reason).length;
    const found = mainReason(pollOf(reasons));
    assert.ok(reasons.every((reason) => count(reason) <= count(found)));
  }));
});
