import assert from "node:assert/strict";
import { forceWay, WAYS } from "./force_way.ts";
import { installMulticall } from "./install_multicall.ts";
import { startWatching, startWorld, type Watching, type World } from "./rig.ts";

/** Every balance is what the node says of that block: what is set on an anvil counts from the block before, too. */
async function assertNodeSays({ anvil }: World, { accounts, state }: Watching): Promise<void> {
  for (const [index, { reading, failure }] of accounts.entries()) {
    assert.ok(reading !== undefined && failure === undefined, failure);
    const block = `0x${reading.block?.number.toString(16)}`;
    assert.equal(
      reading.amount,
      BigInt(String(await anvil.rpc("eth_getBalance", [state.plan.accounts[index]?.holder, block]))),
    );
  }
}

for (const way of WAYS) {
  Deno.test(`an endpoint is read at a block before the latest, ${way}`, async () => {
    await using world = await startWorld({ wallets: 5 });
    const { hash } = way === "multicall" ? await installMulticall(world) : { hash: "" };
    for (let block = 0; block < 6; block++) await world.oracle.spend();
    using watching = startWatching([world.anvil.url], {
      accounts: world.oracle.accounts,
      timeout: 5000,
      plan: { block: -3 },
    });
    for (const { selector } of watching.network.endpoints) selector.multicallHash = hash;
    forceWay(watching, way);
    for (let cycle = 0; cycle < 3; cycle++) {
      await watching.cycle();
      await assertNodeSays(world, watching);
      const { number } = world.oracle.newest;
      assert.ok(
        watching.accounts.every(({ failure, reading }) =>
          failure === undefined && reading?.block?.number === number - 3n
        ),
      );
      await world.oracle.spend();
    }
  });
}

Deno.test("a quorum reads at a block before the latest of all endpoints", async () => {
  await using world = await startWorld({ wallets: 5 });
  for (let block = 0; block < 6; block++) await world.oracle.spend();
  using watching = startWatching([world.anvil.url, `${world.anvil.url}/?second`], {
    accounts: world.oracle.accounts,
    timeout: 5000,
    plan: { block: -2, quorum: 2 },
  });
  await watching.cycle();
  await assertNodeSays(world, watching);
  assert.ok(watching.accounts.every(({ reading }) => reading?.block?.number === world.oracle.newest.number - 2n));
});

Deno.test("a chain shorter than the block offset is read at its first block", async () => {
  await using world = await startWorld({ wallets: 2 });
  using watching = startWatching([world.anvil.url], {
    accounts: world.oracle.accounts,
    timeout: 5000,
    plan: { block: -1000 },
  });
  await watching.cycle();
  assert.ok(watching.accounts.every(({ reading }) => reading?.block?.number === 0n));
  await assertNodeSays(world, watching);
});

Deno.test("an endpoint without new blocks is lagging, also with a block offset", async () => {
  await using world = await startWorld({ wallets: 2 });
  await using other = await startWorld({ wallets: 2 });
  for (let block = 0; block < 5; block++) await world.oracle.spend();
  // The other is far ahead.
  await other.anvil.rpc("evm_increaseTime", [3600]);
  await other.anvil.rpc("anvil_mine", ["0x50"]);
  using watching = startWatching([world.anvil.url, other.anvil.url], {
    accounts: world.oracle.accounts,
    timeout: 5000,
    plan: { block: -3, chainId: 31337 },
  });
  watching.clock.skip(3_600_000);
  for (let cycle = 0; cycle < 3; cycle++) await watching.cycle();
  assert.equal(watching.state.endpoints[0]?.state, "lagging");
  assert.equal(watching.state.endpoints[1]?.state, "ok");
});
