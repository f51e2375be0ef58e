import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(3);

const clock = createRunningClock();

/** One poll, a minute after the last; how many balances it gave. */
async function poll(pool: OpenPool): Promise<number> {
  clock.skip(60_000);
  const { network, limits } = pool;
  const { outcomes, endpoint } = await pollOnce(network, limits);
  await probeStandbys(network, endpoint, limits);
  return outcomes.filter((outcome) => typeof outcome === "object").length;
}

Deno.test("an endpoint that is silent for a while is not outvoted by the one that is left", async () => {
  await using right = startFakeNode({ chainId: 1 });
  await using wrong = startFakeNode({ chainId: 137 });
  using pool = openPool([right.url, wrong.url], { accounts: ACCOUNTS, clock });
  assert.equal(await poll(pool), 0);
  right.truth.instead = () => new Response("", { status: 503 });
  assert.equal(await poll(pool), 0);
  assert.equal(pool.network.chainId, undefined);
  right.truth.instead = undefined;
  wrong.truth.chainId = 1;
  await poll(pool);
  assert.equal(pool.network.chainId, 1);
});

Deno.test("no single endpoint settles the chain of a pool by being looked at first", async () => {
  await using one = startFakeNode({ chainId: 1 });
  await using two = startFakeNode({ chainId: 137 });
  await using three = startFakeNode({ chainId: 1 });
  for (const node of [one, two, three]) {
    node.truth.instead = ({ items }) =>
      node.seen.length > 1
        ? undefined
        : Response.json({ jsonrpc: "2.0", id: items[0]?.id, error: { code: -32603, message: "internal error" } });
  }
  using pool = openPool([two.url, one.url, three.url], { accounts: ACCOUNTS, clock });
  assert.equal(await poll(pool), 0);
  assert.equal(pool.network.chainId, undefined);
  assert.equal(await poll(pool), ACCOUNTS.length);
  assert.equal(pool.network.chainId, 1);
});
