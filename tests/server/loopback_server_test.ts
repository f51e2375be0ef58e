import assert from "node:assert/strict";
import { createLoopbackServer, type LoopbackConnection } from "../../src/server/loopback_server.ts";

const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
const failed = (): Response => new Response("Failed\n", { status: 500 });

async function ask(near: Deno.TcpConn): Promise<string> {
  await near.write(REQUEST);
  return await new Response(near.readable).text();
}

async function askOver({ near, release }: LoopbackConnection): Promise<string> {
  try {
    return await ask(near);
  } finally {
    release();
  }
}

Deno.test("createLoopbackServer() uses the handler of each connection", async () => {
  const server = createLoopbackServer(undefined, failed);
  const connections = await Promise.all(
    ["one", "two"].map((name) => server.connect(() => new Response(name))),
  );
  const answers = await Promise.all(connections.map(askOver));
  assert.deepEqual(answers.map((answer) => answer.slice(-3)), ["one", "two"]);
  await server.retire();
});

Deno.test("createLoopbackServer() refuses connections from other programs", async () => {
  const server = createLoopbackServer(undefined, failed);
  const connection = await server.connect(() => new Response("page"));
  const { hostname, port } = connection.near.remoteAddr as Deno.NetAddr;
  const stranger = await ask(await Deno.connect({ hostname, port }));
  assert.match(stranger, /^HTTP\/1\.1 403 /);
  assert.doesNotMatch(stranger, /page/);
  assert.match(await askOver(connection), /page$/);
  // A port that was ours is nobody's afterwards.
  const again = await Deno.connect({ hostname, port });
  assert.match(await ask(again), /^HTTP\/1\.1 403 /);
  await server.retire();
});

Deno.test("createLoopbackServer() restarts a server that has ended", async () => {
  const { serve } = Deno;
  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
  Deno.serve = ((options: Parameters<typeof serve>[0]) => {
    const started = (serve as (options: unknown) => Deno.HttpServer<Deno.NetAddr>)(options);
    servers.push(started);
    return started;
  }) as typeof serve;
  try {
    const server = createLoopbackServer(undefined, failed);
    assert.match(await askOver(await server.connect(() => new Response("first"))), /first$/);
    await servers[0]?.shutdown();
    assert.match(await askOver(await server.connect(() => new Response("second"))), /second$/);
    assert.equal(servers.length, 2);
    await server.retire();
  } finally {
    Deno.serve = serve;
  }
});

Deno.test("retire() waits for open connections, but not for a handler that never returns", async () => {
  const server = createLoopbackServer(undefined, failed);
  const asked = Promise.withResolvers<void>();
  const connection = await server.connect(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  await connection.near.write(REQUEST);
  await asked.promise;
  let isRetired = false;
  const retired = server.retire().then(() => isRetired = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(isRetired, false);
  connection.near.close();
  connection.release();
  await retired;
});
