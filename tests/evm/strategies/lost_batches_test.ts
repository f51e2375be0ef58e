import assert from "node:assert/strict";
import { type ListedPoll, pollOnce } from "../../fakes/read_values.ts";
import { NO_BATCH_REFUSALS, SIZE_REFUSALS, UNAWARE_REFUSALS } from "../../fakes/batch_refusals.ts";
import { responseOf } from "../../fakes/canned_answers.ts";
import { startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { withoutJitter } from "../../rig/force_way.ts";

const MINUTE = 60_000;
const ACCOUNTS = accountsOf(12);

function isRead({ outcomes }: ListedPoll): boolean {
  return outcomes.every((outcome) => typeof outcome === "object");
}

/** How each refuses a batch of two or more, and how many polls may be lost until it is read by single calls. */
const REFUSALS = [
  ...Object.entries({ ...NO_BATCH_REFUSALS, ...SIZE_REFUSALS }).map(([name, refuse]) => ({ name, refuse, lost: 0 })),
  ...Object.entries(UNAWARE_REFUSALS).map(([name, refuse]) => ({ name, refuse, lost: 1 })),
];

for (const { name, refuse, lost } of REFUSALS) {
  Deno.test(`an endpoint that answered large batches and loses them is read by single calls: ${name}`, async () => {
    using _ = withoutJitter();
    const clock = createRunningClock();
    let hasBatches = true;
    await using node = startFakeNode({
      instead: ({ items, isBatch }) => {
        if (items.some(({ method }) => method === "eth_call")) {
          const error = { code: -32601, message: "the method eth_call does not exist/is not available" };
          return Response.json({ id: items[0]?.id, error });
        }
        return isBatch && !hasBatches ? responseOf(refuse(items, 1)) : undefined;
      },
    });
    using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: MINUTE, plan: { chainId: 1 } });
    const poll = async (): Promise<ListedPoll> => {
      clock.skip(MINUTE);
      Object.assign(node.truth, { time: node.truth.time + 60, block: node.truth.block + 5n });
      return await pollOnce(pool.network, pool.limits);
    };
    for (let count = 0; count < 3; count++) {
      const result = await poll();
      assert.deepEqual([isRead(result), result.endpoints[0]?.strategy], [true, "batch"]);
    }
    hasBatches = false;
    for (let count = 0; count < lost; count++) await poll();
    for (let count = 0; count < 3; count++) {
      node.seen.length = 0;
      const result = await poll();
      assert.deepEqual([isRead(result), result.endpoints[0]?.strategy], [true, "single"]);
    }
    assert.equal(node.seen.length, ACCOUNTS.length + 3, "the chain twice, the head, and each wallet");
  });
}

Deno.test("a limit that is lowered far below what was answered before is found in the third poll", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode();
  using pool = openPool([node.url], { accounts: accountsOf(5), clock, interval: MINUTE, strategy: "batch" });
  const poll = async (): Promise<ListedPoll> => {
    clock.skip(MINUTE);
    Object.assign(node.truth, { time: node.truth.time + 60, block: node.truth.block + 5n });
    return await pollOnce(pool.network, pool.limits);
  };
  assert.ok(isRead(await poll()));
  // There were more wallets before.
  pool.poolEndpoint.selector.sizes.batch.confirmed = 100;
  node.truth.limit = 4;
  for (const expected of [false, false, true, true]) {
    const result = await poll();
    assert.deepEqual([isRead(result), result.endpoints[0]?.strategy], [expected, "batch"]);
  }
  assert.equal(pool.poolEndpoint.selector.sizes.batch.size, 3);
});
