import assert from "node:assert/strict";
import type { Canned } from "../fakes/canned_answers.ts";
import { assertFresh, spendBudget, withoutJitter } from "./force_way.ts";
import { noFault, replyFault, startFaultServer } from "./fault_server.ts";
import { startWatching, startWorld, type World } from "./rig.ts";

const INTERVAL = 5000;

interface Pause {
  /** Seconds in which the next request of any kind was sent, however long a poll takes; min is -Infinity for the next poll. */
  readonly min: number;
  readonly max: number;
}

/**
 * Refuses some cycles, answers from then on, and watches when the endpoint is
 * asked again: for at most 20 minutes on the clock.
 */
async function pauseAfter(reply: Canned, { anvil, oracle }: World, refusals = 1): Promise<Pause> {
  using _ = withoutJitter();
  await using server = startFaultServer(anvil.url);
  using watching = startWatching([server.url], { interval: INTERVAL });
  await watching.cycle();
  server.plan = replyFault(reply);
  let before = 0;
  for (let refused = 0; refused < refusals; refused++) {
    spendBudget(watching);
    before = watching.clock.now();
    await watching.cycle();
  }
  assert.ok(watching.accounts.every(({ failure }) => failure !== undefined));
  const refusedAt = watching.clock.now();
  server.plan = noFault();
  server.seen.length = 0;
  let min = -Infinity;
  for (let cycle = 0; cycle < 1200 * 1000 / INTERVAL; cycle++) {
    spendBudget(watching);
    const started = watching.clock.now();
    await watching.cycle();
    if (server.seen.length === 0) {
      min = (started - refusedAt) / 1000;
      continue;
    }
    const max = (watching.clock.now() - before) / 1000;
    while (watching.accounts.some(({ failure }) => failure !== undefined) && cycle++ < 100) await watching.cycle();
    assertFresh(watching, oracle.newest.number, "it did not recover");
    return { min, max };
  }
  return assert.fail("it was never asked again");
}

function throttled(retryAfter: string, body = "slow"): Canned {
  return { status: 429, headers: { "retry-after": retryAfter }, body };
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + 2 * INTERVAL + 1000 * seconds).toUTCString();
}

const RPC_ERROR = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32005, message: "too many requests" } });

/** What is asked for, and the seconds from and up to which it is to be obeyed; a cycle may pass until it is noticed. */
const RETRY_AFTER: Readonly<Record<string, readonly [reply: () => Canned, least: number, most: number]>> = {
  "B7: 30 s": [() => throttled("30"), 30, 30],
  "B7: 7 s": [() => throttled("7"), 7, 7],
  "B8: a date in 40 s": [() => throttled(inSeconds(40)), 38, 41],
  "B8: a date that has passed": [() => throttled("Wed, 21 Oct 2015 07:28:00 GMT"), 1, 1],
  "B9: 86400": [() => throttled("86400"), 60, 60],
  "B9: 99999999999": [() => throttled("99999999999"), 60, 60],
  "B9: 1e400 in digits": [() => throttled("9".repeat(400)), 60, 60],
  "B9: 0": [() => throttled("0"), 1, 1],
  "B9: -5": [() => throttled("-5"), 0.5, 60],
  "B9: junk": [() => throttled("junk"), 0.5, 60],
  "B10: 20 s with a JSON-RPC error": [() => throttled("20", RPC_ERROR), 20, 20],
  "B7: 503 with 25 s": [() => ({ status: 503, headers: { "retry-after": "25" }, body: "busy" }), 25, 30],
};

for (const [title, [reply, least, most]] of Object.entries(RETRY_AFTER)) {
  Deno.test(`Retry-After is obeyed within 1 s and 60 s: ${title}`, async () => {
    await using world = await startWorld();
    const { min, max } = await pauseAfter(reply(), world);
    assert.ok(max >= least && min <= most, `asked after ${min} to ${max} s, not ${least} to ${most}`);
  });
}

for (const status of [400, 401, 403, 404]) {
  Deno.test(`B4: an endpoint is read again in the poll after one ${status}`, async () => {
    await using world = await startWorld();
    const { min } = await pauseAfter({ status, body: "no" }, world);
    assert.equal(min, -Infinity, "a poll sent nothing");
  });

  Deno.test(`B4: an endpoint is paused for 5 minutes after ${status} in three polls`, async () => {
    await using world = await startWorld();
    const { min, max } = await pauseAfter({ status, body: "no" }, world, 3);
    assert.ok(max >= 300 - INTERVAL / 1000 && min <= 300, `asked after ${min} to ${max} s`);
  });
}

const QUOTA: Readonly<Record<string, Canned>> = {
  "402": { status: 402, body: "pay" },
  "403 with quota text": { status: 403, body: "Monthly capacity limit exceeded. Visit billing" },
};

for (const [title, reply] of Object.entries(QUOTA)) {
  Deno.test(`B5: an endpoint is paused for long after ${title}`, async () => {
    await using world = await startWorld();
    const { max } = await pauseAfter(reply, world);
    assert.ok(max >= 300, `asked after ${max} s`);
  });
}
