import assert from "node:assert/strict";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import { startDeadline } from "../../../src/http/deadline.ts";
import { silence, startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const DAY = 24 * 3_600_000;
const ACCOUNTS = accountsOf(1000);
const BALANCES = new Map(ACCOUNTS.map((address, index) => [address, BigInt(index)]));

/** Of one request, and of a pollOnce: longer than a response takes on any machine. */
const TIMEOUT = 60_000;
const DEADLINE = 4 * TIMEOUT;

interface Ending {
  readonly result: ListedPoll;
  readonly sent: number;
  readonly counted: number;
  /** By how much the clock jumped, in milliseconds. */
  readonly waited: number;
}

/** Polls a node of which every answer from some request on never comes, and stops it when that begins. */
async function pollUntil(answered: number, limit: number, isStopped: boolean): Promise<Ending> {
  const stop = new AbortController();
  await using node = startFakeNode({ limit, balances: BALANCES });
  node.truth.instead = (request) => {
    if (node.seen.length <= answered) return undefined;
    if (isStopped) stop.abort();
    return silence(request);
  };
  // One that is to be stopped must not wait for the clock.
  using clock = createRunningClock(isStopped ? undefined : TIMEOUT);
  using opened = openPool([node.url], { accounts: ACCOUNTS, strategy: "batch", clock });
  using whole = startDeadline(clock, DEADLINE, stop.signal);
  const result = await pollOnce(opened.network, { clock, timeout: TIMEOUT, deadline: whole });
  return { result, sent: node.seen.length, counted: opened.records.length, waited: clock.jumped };
}

Deno.test("a pollOnce of a node that goes silent ends at its deadline, and counts what it sent", async () => {
  for (const limit of [100, 1]) {
    const { result, sent, counted, waited } = await pollUntil(3, limit, false);
    assert.ok(waited <= DEADLINE, `it took ${waited} ms`);
    assert.equal(result.outcomes.length, ACCOUNTS.length);
    assert.ok(result.outcomes.includes("timeout"));
    assert.equal(counted, sent);
    assert.ok(sent < 100, `${sent} requests`);
  }
});

Deno.test("a pollOnce ends at once when the program stops", async () => {
  for (const answered of [0, 3]) {
    const { result, sent, counted } = await pollUntil(answered, 100, true);
    assert.ok(result.outcomes.includes("timeout"));
    assert.equal(counted, sent);
  }
});

Deno.test("a larger batch is tried a day later, at the cost of one request", async () => {
  await using node = startFakeNode({ limit: 20, balances: BALANCES });
  const clock = createRunningClock();
  using opened = openPool([node.url], { accounts: ACCOUNTS, clock, strategy: "batch" });
  async function wasted(): Promise<number> {
    node.seen.length = 0;
    const { outcomes } = await pollOnce(opened.network, opened.limits);
    assert.deepEqual(outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount), [
      ...BALANCES.values(),
    ]);
    return node.seen.filter(({ items }) => items.length > node.truth.limit).length;
  }
  assert.deepEqual([await wasted(), await wasted()], [3, 0]);
  clock.skip(DAY);
  assert.deepEqual([await wasted(), await wasted()], [1, 0]);
  clock.skip(DAY);
  node.truth.limit = 100;
  assert.deepEqual([await wasted(), await wasted(), await wasted(), await wasted()], [0, 0, 0, 0]);
  assert.equal(node.seen.length, 12, "the endpoint is back at batches of 100");
});
