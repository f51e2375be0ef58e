import assert from "node:assert/strict";
import { pollOnce } from "../../fakes/read_values.ts";
import { type FakeReply, type SeenRequest, startFakeNode } from "../../fakes/fake_node.ts";
import { createRunningClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(3);
const INTERVAL = 30_000;

/** `eth_chainId` reports one chain, the EVM's CHAINID another. */
const reportChain = (chainId: number) => (replies: readonly FakeReply[], { items }: SeenRequest): unknown =>
  replies.map((reply, index) =>
    items[index]?.method === "eth_chainId" ? { ...reply, result: `0x${chainId.toString(16)}` } : reply
  );

for (const configured of [undefined, 1337]) {
  Deno.test(`L6: where CHAINID is another number eth_chainId decides, by batch: chainId ${configured}`, async () => {
    const clock = createRunningClock();
    await using node = startFakeNode({ chainId: 298, overrides: true, mangle: reportChain(1337) });
    const plan = configured === undefined ? {} : { chainId: configured };
    using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL, plan });
    for (let poll = 0; poll < 3; poll++) {
      node.seen.length = 0;
      const { outcomes, chainId, endpoints } = await pollOnce(pool.network, pool.limits);
      assert.ok(outcomes.every((outcome) => typeof outcome === "object"));
      assert.deepEqual([chainId, endpoints[0]?.strategy], [1337, "batch"]);
      clock.skip(INTERVAL);
    }
    assert.equal(node.seen.length, 2, "a head and a batch");
  });
}

Deno.test("L6, E1: a chain that eth_chainId reports as well is refused", async () => {
  const clock = createRunningClock();
  await using node = startFakeNode({ chainId: 298, overrides: true });
  using pool = openPool([node.url], { accounts: ACCOUNTS, clock, interval: INTERVAL, plan: { chainId: 1337 } });
  for (let poll = 0; poll < 5; poll++) {
    assert.deepEqual((await pollOnce(pool.network, pool.limits)).outcomes, ACCOUNTS.map(() => "wrong_chain"));
    clock.skip(INTERVAL);
  }
  assert.ok(!node.seen.some(({ items }) => items.some(({ method }) => method === "eth_getBalance")));
});

Deno.test("L6: the EVM's chain is the network's where eth_chainId is not supported", async () => {
  await using node = startFakeNode({ chainId: 298, overrides: true });
  node.truth.instead = ({ items: [item] }) =>
    item?.method === "eth_chainId"
      ? Response.json({ id: item.id, error: { code: -32601, message: "no such method" } })
      : undefined;
  using pool = openPool([node.url], { accounts: ACCOUNTS });
  const { chainId, endpoints } = await pollOnce(pool.network, pool.limits);
  assert.deepEqual([chainId, endpoints[0]?.strategy], [298, "packed"]);
});
