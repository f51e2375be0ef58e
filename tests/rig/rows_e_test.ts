import assert from "node:assert/strict";
import { noFault, replyFault, startFaultServer } from "./fault_server.ts";
import { startWatching, startWorld, WALLETS, type Watching } from "./rig.ts";

const WRONG_CHAIN = 137;

function published({ accounts }: Watching): number {
  return accounts.filter(({ reading }) => reading !== undefined).length;
}

function failures({ accounts }: Watching): ReadonlySet<unknown> {
  return new Set(accounts.map(({ failure }) => failure));
}

for (const overrides of [true, false]) {
  const way = overrides ? "packed" : "batch";

  Deno.test(`E1: an endpoint of the wrong chain publishes nothing, ${way}`, async () => {
    await using other = await startWorld({ chainId: WRONG_CHAIN });
    await using server = startFaultServer(other.anvil.url);
    server.overrides = overrides;
    using watching = startWatching([server.url], { plan: { chainId: 31337 } });
    for (let cycle = 0; cycle < 3; cycle++) {
      await watching.cycle();
      assert.equal(published(watching), 0);
      assert.deepEqual(failures(watching), new Set(["wrong_chain"]));
      assert.ok(watching.counted("wrong_chain") > 0);
      assert.equal(watching.state.endpoints[0]?.state, "wrong_chain");
    }
  });

  Deno.test(`E2: a URL that leads to another chain while running is noticed in the same answer, ${way}`, async () => {
    await using world = await startWorld();
    await using other = await startWorld({ chainId: WRONG_CHAIN });
    await using server = startFaultServer(world.anvil.url);
    server.overrides = overrides;
    using watching = startWatching([server.url]);
    await watching.cycle();
    assert.equal(world.oracle.check(watching.accounts), WALLETS);
    await other.oracle.spend();
    server.node = other.anvil.url;
    await watching.cycle();
    world.oracle.check(watching.accounts);
    assert.deepEqual(failures(watching), new Set(["wrong_chain"]));
    server.node = world.anvil.url;
    await world.oracle.spend();
    await watching.cycle();
    assert.equal(watching.accounts[0]?.reading?.block?.number, world.oracle.newest.number);
  });

  Deno.test(`E3: a balancer that mixes chains publishes no balance of the other one, ${way}`, async () => {
    await using world = await startWorld();
    await using other = await startWorld({ chainId: WRONG_CHAIN });
    await using server = startFaultServer(world.anvil.url);
    server.overrides = overrides;
    using watching = startWatching([server.url], { plan: { chainId: 31337 } });
    let wrong = 0;
    for (let cycle = 0; cycle < 20; cycle++) {
      await world.oracle.spend();
      await other.oracle.spend();
      // Whatever a request asks for, the next one reaches another node.
      const turning = {
        get turn(): string {
          return (server.seen.length + cycle) % 2 === 0 ? world.anvil.url : other.anvil.url;
        },
      };
      Object.defineProperty(server, "node", { get: () => turning.turn, configurable: true });
      await watching.cycle();
      world.oracle.check(watching.accounts);
      wrong += watching.counted("wrong_chain");
    }
    assert.ok(wrong > 0);
  });
}

Deno.test("E1: a pool without a configured chain publishes nothing while its endpoints disagree", async () => {
  await using world = await startWorld();
  await using other = await startWorld({ chainId: WRONG_CHAIN });
  await using one = startFaultServer(world.anvil.url);
  await using two = startFaultServer(other.anvil.url);
  using watching = startWatching([two.url, one.url]);
  await watching.cycle();
  assert.equal(published(watching), 0);
  assert.deepEqual(failures(watching), new Set(["wrong_chain"]));
  using three = startWatching([two.url, one.url, `${world.anvil.url}/`]);
  await three.cycle();
  assert.equal(world.oracle.check(three.accounts), WALLETS, "two of three agree");
  assert.deepEqual(three.state.endpoints.map(({ state }) => state), ["wrong_chain", "ok", "ok"]);
});

for (const [behind, lags] of [[1, false], [5, false], [50, true]] as const) {
  Deno.test(`E4: ${behind} blocks behind the pool ${lags ? "is" : "is not"} lagging`, async () => {
    await using slow = await startWorld();
    await using quick = await startWorld();
    await using one = startFaultServer(slow.anvil.url);
    await using two = startFaultServer(quick.anvil.url);
    using watching = startWatching([one.url, two.url], { interval: 60_000 });
    await watching.cycle();
    await quick.anvil.rpc("anvil_mine", [`0x${behind.toString(16)}`]);
    for (let cycle = 0; cycle < 2; cycle++) {
      // Both go on, with the clock: what stands still for minutes is left at any height.
      for (const { anvil, oracle } of [slow, quick]) {
        await anvil.rpc("evm_increaseTime", [60]);
        await oracle.spend();
      }
      if (cycle === 0) await watching.cycle();
    }
    one.seen.length = two.seen.length = 0;
    watching.reasons();
    const { endpoint } = await watching.cycle();
    assert.equal(endpoint, new URL(lags ? two.url : one.url).host);
    assert.equal((lags ? quick : slow).oracle.check(watching.accounts), WALLETS);
    assert.deepEqual(failures(watching), new Set([undefined]));
    assert.equal(watching.state.endpoints[0]?.state, lags ? "lagging" : "ok");
  });
}

Deno.test("E4: an endpoint without new blocks, while another has some, is left within two polls", async () => {
  await using slow = await startWorld();
  await using quick = await startWorld();
  await using one = startFaultServer(slow.anvil.url);
  await using two = startFaultServer(quick.anvil.url);
  using watching = startWatching([one.url, two.url], { interval: 60_000 });
  for (let cycle = 0; cycle < 3; cycle++) {
    await slow.oracle.spend();
    await quick.oracle.spend();
    await watching.cycle();
    assert.equal(slow.oracle.check(watching.accounts), WALLETS);
  }
  let cycles = 0;
  for (let endpoint: string | undefined = ""; endpoint !== new URL(two.url).host; cycles++) {
    assert.ok(cycles < 3, "the lag was not noticed");
    await quick.anvil.rpc("evm_increaseTime", [60]);
    await quick.oracle.spend();
    ({ endpoint } = await watching.cycle());
  }
  quick.oracle.check(watching.accounts);
});

Deno.test("E5: the only endpoint of a chain with steady blocks is reported as lagging when there are none", async () => {
  await using world = await startWorld({ chainId: 1 });
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], { interval: 150_000 });
  watching.clock.skip(-150_000);
  await watching.cycle();
  assert.deepEqual(failures(watching), new Set([undefined]));
  // A block of this chain takes 12 s: without one for 240 s something is wrong.
  const states: unknown[] = [];
  for (let cycle = 0; cycle < 2; cycle++) {
    await watching.cycle();
    states.push(watching.state.endpoints[0]?.state);
  }
  assert.deepEqual(states, ["ok", "lagging"]);
  assert.deepEqual(failures(watching), new Set(["lagging"]));
  assert.equal(world.oracle.check(watching.accounts), WALLETS, "what it says is true, if old");
  const [one] = watching.accounts;
  assert.equal(one?.reading?.at, one?.reading?.block?.time, "it ages by its block");
});

Deno.test("E5: a chain that only makes blocks with transactions in them is never reported as lagging", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], { interval: 150_000 });
  for (let cycle = 0; cycle < 5; cycle++) {
    watching.clock.skip(3_600_000);
    await watching.cycle();
    assert.deepEqual(failures(watching), new Set([undefined]));
    assert.equal(watching.state.endpoints[0]?.state, "ok");
  }
});

Deno.test("E6: a chain that halts on all its endpoints is reported as halted, and its balances are published", async () => {
  await using world = await startWorld({ chainId: 1 });
  await using one = startFaultServer(world.anvil.url);
  await using two = startFaultServer(world.anvil.url);
  using watching = startWatching([one.url, two.url], { interval: 150_000 });
  watching.clock.skip(-150_000);
  for (let cycle = 0; cycle < 5; cycle++) await watching.cycle();
  assert.deepEqual(watching.state.endpoints.map(({ state }) => state), ["halted", "halted"]);
  assert.equal(world.oracle.check(watching.accounts), WALLETS);
  assert.deepEqual(failures(watching), new Set([undefined]));
  const [wallet] = watching.accounts;
  assert.equal(wallet?.reading?.at, wallet?.reading?.block?.time, "values age by block time");
});

Deno.test("E7: a balancer that goes back to an older block publishes nothing older", async () => {
  await using slow = await startWorld();
  await using quick = await startWorld();
  await using server = startFaultServer(quick.anvil.url);
  using watching = startWatching([server.url]);
  await quick.anvil.rpc("evm_increaseTime", [100]);
  await quick.oracle.spend();
  await watching.cycle();
  const before = watching.accounts.map(({ reading }) => reading);
  server.node = slow.anvil.url;
  await watching.cycle();
  assert.deepEqual(watching.accounts.map(({ reading }) => reading), before);
  assert.deepEqual(failures(watching), new Set(["lagging"]));
  assert.ok(watching.counted("lagging") > 0);
  server.node = quick.anvil.url;
  await quick.oracle.spend();
  await watching.cycle();
  assert.deepEqual(failures(watching), new Set([undefined]));
});

Deno.test("E8: a reorganized chain is read correctly in the next poll", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url]);
  const { anvil, oracle } = world;
  for (let block = 0; block < 3; block++) await oracle.spend();
  await watching.cycle();
  const { timestamp } = await anvil.rpc("eth_getBlockByNumber", ["latest", false]) as { timestamp: string };
  await anvil.rpc("anvil_reorg", [2, []]);
  // Anvil's time goes back with its blocks, as that of a chain does not.
  await anvil.rpc("evm_setNextBlockTimestamp", [Number(timestamp) + 1]);
  await oracle.spend();
  await watching.cycle();
  assert.equal(watching.accounts[0]?.reading?.block?.number, oracle.newest.number);
  assert.equal(oracle.check(watching.accounts), WALLETS);
});

Deno.test("E8: balances of a finalized block are read at that block", async () => {
  await using world = await startWorld();
  const { anvil, oracle } = world;
  await anvil.rpc("anvil_mine", ["0x50"]);
  await oracle.spend();
  for (const overrides of [true, false]) {
    await using server = startFaultServer(anvil.url);
    server.overrides = overrides;
    using watching = startWatching([server.url], { plan: { block: "finalized" } });
    await watching.cycle();
    const final = await anvil.rpc("eth_getBlockByNumber", ["finalized", false]) as { number: string };
    assert.equal(watching.accounts[0]?.reading?.block?.number, BigInt(final.number));
    const true_ = BigInt(String(await anvil.rpc("eth_getBalance", [oracle.accounts[0], final.number])));
    assert.equal(watching.accounts[0]?.reading?.amount, true_);
  }
});

Deno.test("E9: a backend that does not know a block yet is read at the one before", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  server.overrides = false;
  using watching = startWatching([server.url]);
  await watching.cycle();
  await world.oracle.spend();
  // Anvil takes changes for those of the newest block until the next.
  await world.anvil.rpc("evm_mine");
  const error = { code: -32000, message: "header not found" };
  server.plan = {
    fault: { kind: "change", change: "another answer", value: { result: undefined, error } },
    on: "balances",
    times: 1,
  };
  await watching.cycle();
  assert.deepEqual(failures(watching), new Set([undefined]));
  assert.equal(world.oracle.check(watching.accounts), WALLETS);
});

for (
  const message of [
    "missing trie node 6a1f",
    "header not found",
    "node is syncing",
    "historical state is not available",
  ]
) {
  Deno.test(`E10: a node that returns "${message}" keeps what was read, and another takes over`, async () => {
    await using world = await startWorld();
    await using server = startFaultServer(world.anvil.url);
    using watching = startWatching([server.url]);
    await watching.cycle();
    await world.oracle.spend();
    server.plan = replyFault({
      status: 200,
      body: JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32000, message } }),
    });
    await watching.cycle();
    world.oracle.check(watching.accounts);
    assert.deepEqual(failures(watching), new Set(["state_unavailable"]));
    using pool = startWatching([server.url, `${world.anvil.url}/`], { plan: { chainId: 31337 } });
    await pool.cycle();
    assert.equal(world.oracle.check(pool.accounts), WALLETS);
    server.plan = noFault();
    await watching.cycle();
    assert.deepEqual(failures(watching), new Set([undefined]));
  });
}

Deno.test("E11: balances that two endpoints do not agree on at one block are withheld and counted", async () => {
  await using world = await startWorld();
  const { anvil, oracle } = world;
  await using faulty = startFaultServer(anvil.url);
  await using second = startFaultServer(anvil.url);
  await using third = startFaultServer(anvil.url);
  faulty.overrides = false;
  faulty.plan = { fault: { kind: "change", change: "a digit changed" }, on: "balances" };
  using two = startWatching([faulty.url, second.url], { plan: { quorum: 2 } });
  await two.cycle();
  assert.equal(published(two), 0);
  assert.deepEqual(failures(two), new Set(["integrity"]));
  assert.equal(two.state.disagreements, WALLETS);
  using three = startWatching([faulty.url, second.url, third.url], { plan: { quorum: 2 } });
  await three.cycle();
  assert.equal(oracle.check(three.accounts), WALLETS, "two of three agree");
  assert.equal(three.state.disagreements, WALLETS);
  faulty.plan = noFault();
  await oracle.spend();
  await two.cycle();
  assert.equal(oracle.check(two.accounts), WALLETS);
  assert.equal(two.accounts[0]?.reading?.block?.number, oracle.newest.number);
});

Deno.test("E11: a quorum that is not reached publishes nothing new", async () => {
  await using world = await startWorld();
  await using one = startFaultServer(world.anvil.url);
  await using two = startFaultServer(world.anvil.url);
  using watching = startWatching([one.url, two.url], { plan: { quorum: 2 } });
  await watching.cycle();
  assert.equal(world.oracle.check(watching.accounts), WALLETS);
  two.plan = replyFault({ status: 500, body: "" });
  await world.oracle.spend();
  await watching.cycle();
  world.oracle.check(watching.accounts);
  assert.deepEqual(failures(watching), new Set(["http_server"]));
});

Deno.test("E12: a copy of a chain is refused where its first block is known", async () => {
  await using world = await startWorld();
  await using copy = await startWorld({ began: 1_700_000_000 });
  const genesis = await world.anvil.rpc("eth_getBlockByNumber", ["0x0", false]) as { hash: string };
  const other = await copy.anvil.rpc("eth_getBlockByNumber", ["0x0", false]) as { hash: string };
  assert.notEqual(genesis.hash, other.hash, "the copies must differ in something");
  using right = startWatching([`${world.anvil.url}/`], { plan: { genesis: genesis.hash } });
  await right.cycle();
  assert.equal(world.oracle.check(right.accounts), WALLETS);
  using wrong = startWatching([`${copy.anvil.url}/`], { plan: { genesis: genesis.hash } });
  await wrong.cycle();
  assert.equal(published(wrong), 0);
  assert.deepEqual(failures(wrong), new Set(["wrong_chain"]));
});
