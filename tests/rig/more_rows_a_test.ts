import assert from "node:assert/strict";
import { deadPort } from "../program/free_port.ts";
import { startTcpServer } from "../fakes/tcp_server.ts";
import { noFault, replyFault, startFaultServer } from "./fault_server.ts";
import { startWatching, startWorld, WALLETS, type World } from "./rig.ts";

const HOUR = 3600;

async function assertKeeps(world: World, url: string, reason: string): Promise<void> {
  using alone = startWatching([url]);
  await alone.cycle();
  assert.equal(world.oracle.check(alone.accounts), 0);
  assert.deepEqual([...alone.reasons()], [reason]);
  using pool = startWatching([url, `${world.anvil.url}/`], { plan: { chainId: 31337 } });
  await pool.cycle();
  assert.equal(world.oracle.check(pool.accounts), WALLETS, "the other endpoint did not take over");
}

Deno.test("A1: an endpoint that refuses connections is reported as connect", async () => {
  await using world = await startWorld();
  await assertKeeps(world, `http://127.0.0.1:${deadPort()}/`, "connect");
});

Deno.test("A1, I9: a dead endpoint gets fewer and fewer requests, and never more than planned", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], { interval: 5000 });
  for (let cycle = 0; cycle < 10; cycle++) await watching.cycle();
  // One for each, what the chain of a new endpoint is, and the comparison of the first balances.
  assert.equal(server.seen.length, 10 + 2);
  server.plan = { fault: { kind: "behaviour", name: "closes at once" } };
  const before = server.connections;
  for (let cycle = 0; cycle < 60; cycle++) await watching.cycle();
  const asked = server.connections - before;
  // 300 s: at first in each cycle, then every 30 s; the runtime tries a connection that was cut once more by itself.
  assert.ok(asked <= 2 * 14, `${asked} connections in 300 s`);
  server.plan = noFault();
  let cycles = 0;
  do {
    assert.ok(++cycles <= 7, "I10: it took more than 30 s and a cycle to recover");
    await watching.cycle();
  } while (watching.accounts[0]?.failure !== undefined);
});

Deno.test("A3: a name or address that the permissions deny is not contacted", async () => {
  await using world = await startWorld();
  await assertKeeps(world, "http://127.9.9.9:8545/", "denied");
});

Deno.test("A4: a handshake that is never answered ends at the deadline", async () => {
  const script =
    "import socket,sys\ns=socket.socket();s.bind(('127.0.0.1',0));s.listen(0)\nc=[socket.create_connection(s.getsockname()) for _ in range(1)]\nprint(s.getsockname()[1],flush=True)\nsys.stdin.read()";
  const python = new Deno.Command("python3", { args: ["-c", script], stdin: "piped", stdout: "piped" }).spawn();
  const reader = python.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  try {
    await using world = await startWorld();
    // The queue of a listener that accepts nobody is full: the system drops further handshakes.
    using watching = startWatching([`http://127.0.0.1:${port}/`]);
    watching.network.budget.take(2);
    watching.clock.expireRequests();
    await watching.cycle();
    assert.deepEqual([...watching.reasons()], ["timeout"]);
    world.oracle.check(watching.accounts);
  } finally {
    reader.releaseLock();
    await python.stdin.close();
    await python.stdout.cancel();
    await python.status;
  }
});

Deno.test("A6, I6: no request outlives its deadline", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], { timeout: 3000 });
  await watching.cycle();
  watching.network.budget.take(2);
  server.plan = { fault: { kind: "behaviour", name: "reads and never answers" } };
  const started = watching.clock.now();
  await watching.cycle();
  const { jumped } = watching.clock;
  // The clock jumped to the deadline and not past it: what is left of the time went by while the request was sent.
  assert.ok(jumped > 0 && jumped <= 3000, `waited ${jumped} ms of 3000`);
  assert.ok(watching.clock.now() - started >= 30_000 + 3000);
  assert.deepEqual([...watching.reasons()], ["timeout"]);
});

Deno.test("A11: an idle connection that the server closed causes no error", async () => {
  await using world = await startWorld();
  let requests = 0;
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url]);
  for (let cycle = 0; cycle < 3; cycle++) {
    await watching.cycle();
    requests++;
    server.closeOpen();
    assert.equal(world.oracle.check(watching.accounts), WALLETS);
  }
  assert.deepEqual([...watching.reasons()], []);
  assert.equal(server.connections, requests);
});

Deno.test("A12: a connection that goes silent costs at most one request", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], { interval: 10_000 });
  await watching.cycle();
  server.muteOpen();
  await world.oracle.spend();
  await watching.cycle();
  assert.equal(watching.counted("timeout"), 1);
  assert.equal(
    watching.accounts[0]?.reading?.block?.number,
    world.oracle.newest.number,
    "the second attempt went through",
  );
});

Deno.test("A16: a machine that slept sends no burst, and is fresh within one poll", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url]);
  await watching.cycle();
  await world.oracle.spend();
  watching.clock.skip(600_000);
  server.seen.length = 0;
  await watching.cycle();
  assert.equal(server.seen.length, 1);
  assert.equal(watching.accounts[0]?.reading?.block?.number, world.oracle.newest.number);
});

Deno.test("A17: a wall clock that steps an hour makes no endpoint lagging", async () => {
  await using world = await startWorld({ chainId: 1 });
  for (const step of [HOUR, -HOUR]) {
    await using server = startFaultServer(world.anvil.url);
    using watching = startWatching([server.url], { interval: 15_000 });
    watching.clock.skip(-15_000);
    await watching.cycle();
    await world.oracle.spend();
    watching.clock.setWall(step);
    watching.clock.skip(-15_000);
    await watching.cycle();
    assert.equal(watching.state.endpoints[0]?.state, "ok", `after ${step} s`);
    assert.equal(watching.accounts[0]?.failure, undefined);
    assert.equal(watching.accounts[0]?.reading?.block?.number, world.oracle.newest.number);
  }
});

Deno.test("A18: a name that leads elsewhere is followed within a minute", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  using watching = startWatching([server.url], { interval: 10_000 });
  for (let cycle = 0; cycle < 4; cycle++) await watching.cycle();
  assert.equal(server.connections, 1);
  for (let cycle = 0; cycle < 3; cycle++) await watching.cycle();
  assert.equal(server.connections, 2, "the old connection was kept for longer than a minute");
  assert.deepEqual([...watching.reasons()], []);
});

Deno.test("B3: the target of a redirect is never contacted", async () => {
  await using world = await startWorld();
  await using target = startTcpServer(async () => {});
  await using server = startFaultServer(world.anvil.url);
  for (const status of [301, 302, 303, 307, 308]) {
    server.plan = replyFault({ status, headers: { location: target.url } });
    using watching = startWatching([server.url]);
    await watching.cycle();
    assert.ok(watching.counted("redirect") > 0);
  }
  assert.equal(target.connections, 0);
});

Deno.test("S6: a hostile offchain lookup makes no request elsewhere", async () => {
  await using world = await startWorld();
  await using elsewhere = startTcpServer(async () => {});
  await using server = startFaultServer(world.anvil.url);
  const url = new TextEncoder().encode(`${elsewhere.url}/{sender}/{data}`).toHex();
  const data = `0x556f1830${"0".repeat(64 * 4)}${url}`;
  for (const overrides of [true, false]) {
    server.overrides = overrides;
    const error = { code: 3, message: `execution reverted: ${elsewhere.url}`, data };
    server.plan = {
      fault: { kind: "change", change: "another answer", value: { result: undefined, error } },
      on: "balances",
    };
    using watching = startWatching([server.url]);
    for (let cycle = 0; cycle < 3; cycle++) await watching.cycle();
    assert.equal(world.oracle.check(watching.accounts), 0);
  }
  assert.equal(elsewhere.connections, 0);
});
