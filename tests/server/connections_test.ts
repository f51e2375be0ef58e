import assert from "node:assert/strict";
import fc from "fast-check";
import { clientAddress, type Connections, createConnections } from "../../src/server/connections.ts";
import type { Connection } from "../../src/server/connection.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";

interface Door {
  readonly clock: FakeClock;
  readonly connections: Connections;
  /** Names of the connections that were closed, in order. */
  readonly closed: string[];
  /** Opens a connection; its name begins with the client's, as `a1`. */
  readonly open: (name: string) => Connection | undefined;
  /** Closes whatever is open. */
  readonly end: () => Promise<void>;
}

function door(max: number, maxPerClient = 0, freed?: Promise<void>): Door {
  const clock = createFakeClock();
  const closed: string[] = [];
  const connections = createConnections({ clock, max, maxPerClient });
  const open = (name: string): Connection | undefined =>
    connections.admit(name.slice(0, 1), () => {
      closed.push(name);
      return freed;
    });
  async function end(): Promise<void> {
    const drained = connections.drain(0);
    await clock.advance(0);
    await drained;
  }
  return { clock, connections, closed, open, end };
}

Deno.test("createConnections() closes the longest idle connection of the largest client to make room", async () => {
  const { clock, closed, open, connections, end } = door(4);
  for (const name of ["b1", "a1", "a2", "a3"]) {
    open(name);
    await clock.advance(10);
  }
  assert.ok(open("c1"));
  assert.ok(open("a4"));
  assert.deepEqual(closed, ["a1", "a2"]);
  assert.equal(connections.open, 4);
  await end();
});

Deno.test("createConnections() limits the connections of one client without affecting others", async () => {
  const { clock, closed, open, connections, end } = door(10, 2);
  for (const name of ["b1", "a1", "a2", "a3", "a4", "b2"]) {
    assert.ok(open(name), name);
    await clock.advance(1);
  }
  assert.deepEqual(closed, ["a1", "a2"]);
  assert.equal(connections.open, 4);
  await end();
});

Deno.test("createConnections() refuses a client whose connections are all busy until one stalls", async () => {
  const { clock, closed, open, end } = door(10, 2);
  const [first, second] = [open("a1")?.begin(), open("a2")?.begin()];
  first?.startResponse();
  second?.startResponse();
  assert.equal(open("a3"), undefined);
  assert.ok(open("b1"));
  await clock.advance(999);
  second?.progress();
  assert.equal(open("a3"), undefined);
  await clock.advance(1);
  assert.ok(open("a3"));
  assert.deepEqual(closed, ["a1"]);
  await end();
});

Deno.test("createConnections() closes a connection without a request after 10 s, and an idle one after 2 minutes", async () => {
  const { clock, closed, open, connections } = door(10);
  open("a1");
  const kept = open("b1");
  kept?.begin().end();
  await clock.advance(11_000);
  assert.deepEqual(closed, ["a1"]);
  await clock.advance(100_000);
  kept?.begin().end();
  await clock.advance(119_000);
  assert.deepEqual(closed, ["a1"]);
  await clock.advance(2000);
  assert.deepEqual(closed, ["a1", "b1"]);
  assert.equal(connections.open, 0);
  assert.equal(clock.sleepers, 0, "it looks after connections though there are none");
});

Deno.test("createConnections() closes a connection that receives nothing for 10 s or takes 30 s, but waits for a handler", async () => {
  const { clock, closed, open, end } = door(10);
  const [stalled, slow, waiting] = [open("a1")?.begin(), open("b1")?.begin(), open("c1")?.begin()];
  stalled?.startResponse();
  slow?.startResponse();
  for (let second = 0; second < 25; second++) {
    slow?.progress();
    await clock.advance(1000);
  }
  assert.deepEqual(closed, ["a1"]);
  for (let second = 0; second < 8; second++) {
    slow?.progress();
    await clock.advance(1000);
  }
  assert.deepEqual(closed, ["a1", "b1"]);
  assert.ok(waiting);
  await clock.advance(600_000);
  assert.deepEqual(closed, ["a1", "b1"]);
  await end();
});

Deno.test("createConnections() refuses a client while its closed connections are not yet freed", async () => {
  const freed = Promise.withResolvers<void>();
  const { clock, open, end } = door(10, 2, freed.promise);
  for (const name of ["a1", "a2", "a3", "a4"]) assert.ok(open(name), name);
  assert.equal(open("a5"), undefined);
  assert.ok(open("b1"));
  freed.resolve();
  await clock.advance(1);
  assert.ok(open("a5"));
  await end();
});

Deno.test("createConnections() refuses all clients while 512 closed connections are not yet freed", async () => {
  const { open, end } = door(4, 0, new Promise(() => {}));
  const clients = ["a", "b", "c"];
  // Each that is let in makes another give way: the first four have room.
  for (let index = 0; index < 512 + 4; index++) {
    assert.ok(open(`${clients[index % clients.length]}${index}`), `connection ${index}`);
  }
  assert.equal(open("d1"), undefined);
  await end();
});

Deno.test("createConnections() keeps half of the connections when file descriptors run out", async () => {
  const { clock, closed, open, connections, end } = door(200);
  for (let index = 0; index < 40; index++) open(`a${index}`);
  await clock.advance(1);
  assert.equal(connections.shrink(), 20);
  assert.equal(connections.open, 20);
  await clock.advance(1);
  open("b1");
  assert.equal(connections.open, 20);
  assert.equal(closed.length, 21);
  for (let time = 0; time < 5; time++) connections.shrink();
  assert.equal(connections.shrink(), undefined);
  assert.equal(connections.open, 8, "it closes the last ones too");
  await end();
});

Deno.test("createConnections() closes connections with an old certificate once they are idle", async () => {
  const { clock, closed, open, connections, end } = door(10);
  open("a1");
  const busy = open("b1")?.begin();
  connections.retire();
  open("c1");
  await clock.advance(3000);
  assert.deepEqual(closed, ["a1"]);
  busy?.end();
  await clock.advance(3000);
  assert.deepEqual(closed, ["a1", "b1"]);
  await end();
});

Deno.test("drain() waits for pending responses until its timeout", async () => {
  const { clock, closed, open, connections } = door(10);
  open("a1");
  const [first, second] = [open("b1")?.begin(), open("c1")?.begin()];
  let isDrained = false;
  const drained = connections.drain(500).then(() => isDrained = true);
  assert.deepEqual(closed, ["a1"]);
  first?.end();
  await clock.advance(499);
  assert.equal(isDrained, false);
  await clock.advance(1);
  await drained;
  assert.deepEqual(closed, ["a1", "b1", "c1"]);
  assert.ok(second);
  assert.equal(clock.sleepers, 0);
});

Deno.test("createConnections() never exceeds its limit, and always admits a client without connections", async () => {
  const step = fc.record({ client: fc.constantFrom("a", "b", "c", "d"), busy: fc.boolean(), pass: fc.nat(2000) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, connections, open, end } = door(6, 4);
      for (const [index, { client, busy, pass }] of steps.entries()) {
        const connection = open(`${client}${index}`);
        if (busy) connection?.begin().startResponse();
        assert.ok(connections.open <= 6);
        // What does not take its answer gives way after a second.
        await clock.advance(pass);
      }
      await clock.advance(1000);
      assert.ok(open("e1"));
      await end();
    }),
    { numRuns: 30 },
  );
});

Deno.test("clientAddress() returns the same address for IPv4 and IPv6 sockets", () => {
  const same: readonly (readonly [string, string])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["::1", "::1"],
    ["[2001:DB8::1]", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["2001:db8::ffff:c000:201", "2001:db8::ffff:c000:201"],
  ];
  for (const [hostname, expected] of same) assert.equal(clientAddress(hostname), expected);
});

Deno.test("clientAddress() maps every IPv4 address to itself", () => {
  fc.assert(fc.property(fc.ipV4(), (address) => {
    const [one = 0, two = 0, three = 0, four = 0] = address.split(".").map(Number);
    const hex = `::ffff:${(one * 256 + two).toString(16)}:${(three * 256 + four).toString(16)}`;
    assert.equal(clientAddress(address), address);
    assert.equal(clientAddress(`::ffff:${address}`), address);
    assert.equal(clientAddress(hex), address);
  }));
});
