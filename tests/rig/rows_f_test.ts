import assert from "node:assert/strict";
import { NO_BATCH_REFUSALS, SIZE_REFUSALS } from "../fakes/batch_refusals.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { type FaultServer, noFault, replyFault, startFaultServer } from "./fault_server.ts";
import { installMulticall, MULTICALL_ADDRESS } from "./install_multicall.ts";
import { startWatching, startWorld, WALLETS, type Watching, type World } from "./rig.ts";

const LIMITS = [1, 3, 10, 20, 100, 1000];
const DAY = 24 * 3_600_000;

function strategy({ state }: Watching): unknown {
  return state.endpoints[0]?.strategy;
}

function assertAllFresh(watching: Watching, { oracle }: World, wallets = WALLETS): void {
  assert.equal(oracle.check(watching.accounts), wallets);
  for (const { reading, failure } of watching.accounts) {
    assert.deepEqual([failure, reading?.block?.number], [undefined, oracle.newest.number]);
  }
}

Deno.test("F1: every shape of refusal is learned once, at every limit", async (t) => {
  const wallets = 120;
  await using world = await startWorld({ wallets });
  for (const shape of Object.keys({ ...SIZE_REFUSALS, ...NO_BATCH_REFUSALS })) {
    for (const limit of LIMITS) {
      await t.step(`${shape}, at ${limit}`, async () => {
        await using server = startFaultServer(world.anvil.url);
        server.overrides = false;
        server.plan = { fault: { kind: "refuse", shape, limit } };
        using watching = startWatching([server.url], { accounts: accountsOf(wallets), timeout: 2000 });
        const refused = (): number => server.seen.filter(({ items }) => items.length > limit).length;
        await watching.cycle();
        assertAllFresh(watching, world, wallets);
        const most = limit >= 100 ? 0 : Math.ceil(Math.log2(100 / limit)) + 1;
        assert.ok(refused() <= most, `${refused()} of at most ${most} requests were refused`);
        server.seen.length = 0;
        await watching.cycle();
        assertAllFresh(watching, world, wallets);
        assert.equal(refused(), 0, "what was learned was forgotten");
      });
    }
  }
});

const NO_OVERRIDES: Readonly<Record<string, (server: FaultServer) => void>> = {
  "-32602": (server) => server.overrides = false,
  "0x, as if there were no override": (server) => changeCalls(server, { result: "0x" }),
  "reverted": (server) => changeCalls(server, { error: { code: 3, message: "execution reverted" } }),
  "invalid opcode": (server) => changeCalls(server, { error: { code: -32015, message: "invalid opcode: SHR" } }),
  "-32601": (server) =>
    changeCalls(server, { error: { code: -32601, message: "the method eth_call is not available" } }),
  "-32004": (server) => changeCalls(server, { error: { code: -32004, message: "Method not supported" } }),
  "zeros": (server) => changeCalls(server, { result: `0x${"0".repeat(64 * (WALLETS + 4))}` }),
  "403": (server) => server.plan = { ...replyFault({ status: 403, body: "Forbidden" }), on: "eth_call" },
  "500": (server) => server.plan = { ...replyFault({ status: 500, body: "<html>" }), on: "eth_call" },
};

function changeCalls(server: FaultServer, value: Readonly<Record<string, unknown>>): void {
  server.plan = {
    fault: { kind: "change", change: "another answer", value: { result: undefined, ...value } },
    on: "eth_call",
  };
}

for (const [name, refuse] of Object.entries(NO_OVERRIDES)) {
  Deno.test(`F2, F5: an endpoint without state overrides is read with the next strategy, which is remembered: ${name}`, async () => {
    await using world = await startWorld();
    await using server = startFaultServer(world.anvil.url);
    refuse(server);
    using watching = startWatching([server.url]);
    await watching.cycle();
    assertAllFresh(watching, world);
    assert.equal(strategy(watching), "batch");
    server.seen.length = 0;
    await watching.cycle();
    assert.deepEqual(server.seen.map(({ items }) => items.length), [2, WALLETS + 1], "it was asked again");
    server.overrides = true;
    server.plan = noFault();
    watching.clock.skip(DAY);
    await watching.cycle();
    assertAllFresh(watching, world);
    assert.equal(strategy(watching), "packed", "it is tried again in time");
  });
}

Deno.test("F2: Multicall3 is used where its code is what it should be, and nowhere else", async () => {
  await using world = await startWorld({ chainId: 1 });
  const { anvil, oracle } = world;
  const { code, hash } = await installMulticall(world);
  for (const [installed, expected] of [[code, "multicall"], ["0x", "batch"], [`${code}00`, "batch"]] as const) {
    await anvil.rpc("anvil_setCode", [MULTICALL_ADDRESS, installed]);
    await oracle.spend();
    await using server = startFaultServer(anvil.url);
    server.overrides = false;
    using watching = startWatching([server.url]);
    const [poolEndpoint] = watching.network.endpoints;
    assert.ok(poolEndpoint !== undefined);
    poolEndpoint.selector.multicallHash = hash;
    watching.clock.skip(-30_000);
    await watching.cycle();
    assertAllFresh(watching, world);
    assert.equal(strategy(watching), expected);
    server.seen.length = 0;
    await oracle.spend();
    await watching.cycle();
    assertAllFresh(watching, world);
    assert.equal(server.seen.length, expected === "multicall" ? 1 : 2);
  }
});

for (
  const error of [
    { code: -32000, message: "out of gas" },
    { code: -32000, message: "gas required exceeds allowance (10000000)" },
    { code: -32000, message: "execution aborted (timeout = 5s)" },
    { code: -32000, message: "call returned result on length 160128 exceeding --rpc.returndata.limit 100000" },
    { code: -32007, message: "Request is too big" },
  ]
) {
  Deno.test(`F3: fewer balances a call after "${error.message}"`, async (t) => {
    const wallets = 120;
    await using world = await startWorld({ wallets });
    for (const balances of [1, 3, 10, 20, 100]) {
      await t.step(`${balances}`, async () => {
        await using server = startFaultServer(world.anvil.url);
        server.plan = { fault: { kind: "bound", balances, error } };
        using watching = startWatching([server.url], {
          accounts: accountsOf(wallets),
          timeout: 2000,
          plan: { chainId: 31337 },
        });
        const before = server.seen.length;
        await watching.cycle();
        assertAllFresh(watching, world, wallets);
        assert.equal(strategy(watching), "packed");
        const first = server.seen.length - before;
        server.seen.length = 0;
        await watching.cycle();
        assertAllFresh(watching, world, wallets);
        const learned = server.seen.length;
        assert.ok(
          first - learned <= Math.ceil(Math.log2(wallets / balances)) + 1,
          `${first} requests, then ${learned}`,
        );
        const { size } = watching.network.endpoints[0]?.selector.sizes.packed ?? { size: NaN };
        assert.ok(size <= balances && learned === Math.ceil(wallets / size));
      });
    }
  });
}

Deno.test("F4: an overload with the code of a size keeps the size, and backs off", async () => {
  const wallets = 120;
  await using world = await startWorld({ wallets });
  await using server = startFaultServer(world.anvil.url);
  server.overrides = false;
  using watching = startWatching([server.url], { accounts: accountsOf(wallets), timeout: 2000 });
  await watching.cycle();
  const { sizes } = watching.network.endpoints[0]?.selector ?? assert.fail();
  for (const status of [200, 503]) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32005, message: "server overloaded" } });
    server.plan = replyFault({ status, body, headers: { "retry-after": "60" } });
    server.seen.length = 0;
    await watching.cycle();
    assert.equal(sizes.batch.size, 100);
    assert.ok(server.seen.length <= 2, `${server.seen.length} requests to an overloaded node`);
    watching.clock.skip(61_000);
  }
  server.plan = noFault();
  watching.clock.skip(61_000);
  await watching.cycle();
  assertAllFresh(watching, world, wallets);
});

Deno.test("F5: an endpoint that has no method for balances at all is unsupported", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  const error = { code: -32601, message: "the method does not exist/is not available" };
  server.plan = {
    fault: { kind: "change", change: "another answer", value: { result: undefined, error } },
    on: "balances",
  };
  using watching = startWatching([server.url]);
  await watching.cycle();
  assert.equal(watching.state.endpoints[0]?.state, "unsupported");
  assert.equal(watching.accounts[0]?.failure, "rpc_error");
});

Deno.test("F6: an endpoint that allows fewer calls than planned is read evenly over a longer poll, without a burst", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  server.overrides = false;
  using probe = startWatching([server.url]);
  const [endpoint] = probe.network.plan.endpoints;
  assert.ok(endpoint !== undefined);
  const perSecond = 25;
  using watching = startWatching([server.url], { plan: { endpoints: [{ ...endpoint, callsPerSecond: perSecond }] } });
  const times: number[] = [];
  const original = server.seen.push.bind(server.seen);
  server.seen.push = (...seen) => {
    times.push(performance.now());
    return original(...seen);
  };
  server.plan = { fault: { kind: "refuse", shape: "zkEVM: 400 with text", limit: 1 } };
  await watching.cycle();
  times.length = 0;
  const started = performance.now();
  await watching.cycle();
  assertAllFresh(watching, world);
  assert.equal(strategy(watching), "single");
  assert.ok(times.length > WALLETS);
  // A busy machine makes requests later, and none earlier than its turn.
  const early = times.filter((time, index) => time - started < 0.95 * index * 1000 / perSecond);
  assert.deepEqual(early, [], `${times.map((time) => Math.round(time - started))} ms after the start`);
});
