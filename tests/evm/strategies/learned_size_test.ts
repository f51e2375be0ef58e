import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import type { RequestRecord } from "../../../src/jsonrpc/endpoint.ts";
import { type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(3000);
const MINUTE = 60_000;

function asksForBalances({ items }: SeenRequest): boolean {
  return items.some(({ method }) => method === "eth_getBalance" || method === "eth_call");
}

/** What is said of any size alike. */
const REFUSALS = {
  packed: ({ items: [item] }: SeenRequest) =>
    Response.json({ id: item?.id, error: { code: -32000, message: "execution aborted (timeout = 5s)" } }),
  batch: () => new Response("", { status: 413 }),
} as const;

for (const way of ["packed", "batch"] as const) {
  Deno.test(`one poll in which every size is refused costs little, and nothing after it: ${way}`, async () => {
    const clock = createRunningClock();
    await using node = startFakeNode({ overrides: way === "packed" });
    using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: MINUTE, strategy: way });
    const requests = async (): Promise<number> => {
      node.seen.length = 0;
      clock.skip(MINUTE);
      await pollOnce(pool.network, pool.limits);
      return node.seen.length;
    };
    // What is asked once for each endpoint.
    await requests();
    const healthy = await requests();
    node.truth.instead = (request) => asksForBalances(request) ? REFUSALS[way](request) : undefined;
    const refused = await requests();
    assert.ok(refused <= healthy + 30, `${refused} requests in place of ${healthy}`);
    const again = await requests();
    assert.ok(again <= healthy + 16, `${again} requests in the second poll`);
    node.truth.instead = undefined;
    await requests();
    assert.equal(await requests(), healthy);
  });
}

Deno.test("a refused probe of one balance does not shrink the size of an endpoint", async () => {
  const clock = createRunningClock();
  await using a = startFakeNode();
  await using b = startFakeNode();
  using pool = openPool([b.url, a.url], {
    accounts: ACCOUNTS,
    clock,
    interval: MINUTE,
    strategy: "batch",
    plan: { chainId: 1 },
  });
  await pollOnce(pool.network, pool.limits);
  b.truth.instead = (request) => asksForBalances(request) ? new Response("too large", { status: 413 }) : undefined;
  clock.skip(MINUTE);
  await probeStandbys(pool.network, new URL(a.url).host, pool.limits);
  assert.equal(pool.poolEndpoint.selector.sizes.batch.size, 100);
});

const EACH: readonly (readonly [code: number, message: string])[] = [
  [-32600, "batch too large"],
  [31, "Batch of more than 3 requests are not allowed on free tier"],
  [-32005, "batch limit 3 exceeded"],
];

for (const [code, message] of EACH) {
  Deno.test(`a limit of batches is learned from one error for each call: ${message}`, async () => {
    await using node = startFakeNode({
      instead: ({ items }) =>
        items.length > 3 ? Response.json(items.map(({ id }) => ({ id, error: { code, message } }))) : undefined,
    });
    using pool = openPool([node.url], { accounts: accountsOf(60), strategy: "batch" });
    const { outcomes } = await pollOnce(pool.network, pool.limits);
    assert.ok(outcomes.every((outcome) => typeof outcome === "object"));
  });
}

Deno.test("a batch is no larger than what a learned pace allows in a second", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode({
    instead: ({ items }) =>
      items.length > 25
        ? new Response("too many requests per second", { status: 429, headers: { "retry-after": "1" } })
        : undefined,
  });
  using pool = openPool([node.url], { accounts: accountsOf(60), clock, interval: MINUTE, strategy: "batch" });
  let good = 0;
  for (let poll = 0; poll < 6; poll++) {
    clock.skip(MINUTE);
    Object.assign(node.truth, { time: node.truth.time + 60, block: node.truth.block + 5n });
    const { outcomes } = await pollOnce(pool.network, pool.limits);
    if (outcomes.every((outcome) => typeof outcome === "object")) good++;
  }
  assert.ok(good >= 3, `it was read in ${good} of 6 polls`);
  assert.ok(pool.records.some(({ reasons }: RequestRecord) => reasons.has("throttled")));
});

for (const words of ["execution fatal: Module(ModuleError { index: 51 })", "computational budget spent"]) {
  Deno.test(`L11: a large call refused in unknown words is tried with half before it is left: ${words}`, async () => {
    const accounts = accountsOf(3000);
    await using node = startFakeNode({ overrides: true, balances: new Map([[accounts[0] ?? "", 1n]]) });
    node.truth.instead = ({ items: [item] }) => {
      const [call] = item?.params ?? [];
      const gas = typeof call === "object" && call !== null && "gas" in call ? Number(call.gas) : 0;
      return gas > 15_000_000 ? Response.json({ id: item?.id, error: { code: -32603, message: words } }) : undefined;
    };
    using pool = openPool([node.url], { accounts, interval: MINUTE, plan: { chainId: 1 } });
    // The first poll has the refused call and a comparison besides.
    for (const requests of [4, 2]) {
      node.seen.length = 0;
      const { outcomes, endpoints } = await pollOnce(pool.network, pool.limits);
      assert.ok(outcomes.every((outcome) => typeof outcome === "object"));
      assert.deepEqual([endpoints[0]?.strategy, node.seen.length], ["packed", requests]);
    }
  });
}

Deno.test("L11: a large call is halved more than once, where a half is refused in unknown words as well", async () => {
  const accounts = accountsOf(3000);
  for (const [limit, size] of [[1000, 750], [400, 375]] as const) {
    await using node = startFakeNode({ overrides: true, balances: new Map([[accounts[0] ?? "", 1n]]) });
    node.truth.instead = ({ items: [item] }) => {
      const text = JSON.stringify(item?.params);
      return text.length > 40 * limit + 2000
        ? Response.json({ id: item?.id, error: { code: -32603, message: "boo" } })
        : undefined;
    };
    using pool = openPool([node.url], { accounts, interval: MINUTE, plan: { chainId: 1 } });
    const { outcomes, endpoints } = await pollOnce(pool.network, pool.limits);
    assert.ok(outcomes.every((outcome) => typeof outcome === "object"));
    assert.deepEqual([endpoints[0]?.strategy, pool.poolEndpoint.selector.sizes.packed.size], ["packed", size]);
  }
});
