import assert from "node:assert/strict";
import { EXIT, ExitError } from "../../src/util/errors.ts";
import { systemClock } from "../../src/util/clock.ts";
import type { ListenAddress } from "../../src/server/listener.ts";
import { serve as serveWith, type ServeOptions, type Server, type WebHandler } from "../../src/server/serve.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock, settle } from "../fakes/fake_clock.ts";
import { freePort } from "../program/free_port.ts";
import { makeCertificates } from "../rig/certificates.ts";

const loopback: ListenAddress = { hostname: "127.0.0.1", port: 0 };

function serve(
  address: ListenAddress,
  handler: WebHandler,
  certificate?: Deno.TlsCertifiedKeyPem,
  options: Partial<ServeOptions> = {},
): Server {
  return serveWith({ addresses: [address], handler, certificate, clock: systemClock, maxPerClient: 0, ...options });
}

function urlOf({ urls: [url = ""] }: Server): string {
  return url;
}

function portOf(server: Server): number {
  return Number(new URL(urlOf(server)).port);
}

Deno.test("serve() returns its URLs and responds there", async () => {
  for (const hostname of ["127.0.0.1", "::1", "", "0.0.0.0", "localhost"]) {
    const server = serve({ hostname, port: 0 }, () => new Response("here"));
    assert.match(urlOf(server), /^http:\/\/(127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):\d+$/);
    assert.equal(await (await fetch(urlOf(server))).text(), "here");
    await server.stop(1000);
  }
});

Deno.test("serve() without a host listens on IPv4 and IPv6", async () => {
  const server = serve({ hostname: "", port: 0 }, () => new Response("here"));
  for (const host of ["127.0.0.1", "[::1]"]) {
    assert.equal(await (await fetch(`http://${host}:${portOf(server)}/`)).text(), "here");
  }
  await server.stop(1000);
});

Deno.test("serve() throws if a port is in use", async () => {
  const server = serve(loopback, () => new Response());
  const port = portOf(server);
  for (const hostname of ["127.0.0.1", ""]) {
    assert.throws(
      () => serve({ hostname, port }, () => new Response()),
      (error) =>
        error instanceof ExitError && error.exitCode === EXIT.failure &&
        error.message === `Port ${port} is in use by another program` &&
        error.advice.includes("METRICS_PORT"),
    );
  }
  await server.stop(1000);
});

Deno.test("serve() throws if an address is not of this machine", () => {
  assert.throws(
    () => serve({ hostname: "0.0.0.1", port: 0 }, () => new Response()),
    (error) =>
      error instanceof ExitError && error.exitCode === EXIT.failure &&
      /^Cannot listen on 0\.0\.0\.1, port 0: /.test(error.message),
  );
});

Deno.test("serve() returns 500 without details if a handler throws, and keeps running", async () => {
  using log = catchLog();
  let broken = true;
  const server = serve(loopback, () => {
    if (broken) throw new TypeError("the secret detail");
    return new Response("well");
  });
  const response = await fetch(urlOf(server));
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "Internal error\n");
  assert.deepEqual(log.lines, [{ level: "error", msg: "Request handler failed", error: "the secret detail" }]);
  broken = false;
  assert.equal(await (await fetch(urlOf(server))).text(), "well");
  await server.stop(1000);
});

Deno.test("serve() returns 500 if a handler rejects", async () => {
  using log = catchLog();
  const server = serve(loopback, () => Promise.reject(new Error("later")));
  const response = await fetch(urlOf(server));
  assert.deepEqual([response.status, await response.text()], [500, "Internal error\n"]);
  assert.equal(log.lines.length, 1);
  await server.stop(1000);
});

Deno.test("stop() waits for a pending request", async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = serve(loopback, async () => {
    arrived.resolve();
    await answer.promise;
    return new Response("the last one");
  });
  const scrape = fetch(urlOf(server)).then((response) => response.text());
  await arrived.promise;
  const stopping = server.stop(60_000);
  answer.resolve();
  assert.equal(await scrape, "the last one");
  await stopping;
  await assert.rejects(fetch(urlOf(server)), TypeError);
});

Deno.test("stop() closes the remaining connections after its timeout", async () => {
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const clock = createFakeClock();
  const server = serve(
    loopback,
    () => {
      arrived.resolve();
      return answer.promise;
    },
    undefined,
    { clock },
  );
  const scrape = fetch(urlOf(server)).then((response) => response.text());
  const cut = assert.rejects(scrape, TypeError);
  await arrived.promise;
  const stopped = server.stop(500);
  await clock.advance(500);
  await stopped;
  await cut;
  answer.resolve(new Response("too late"));
});

Deno.test("stop() does not wait for an idle connection", async () => {
  const server = serve(loopback, () => new Response("kept alive"));
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  const buffer = new Uint8Array(4096);
  const size = await connection.read(buffer);
  assert.match(new TextDecoder().decode(buffer.subarray(0, size ?? 0)), /^HTTP\/1\.1 200 /);
  const started = performance.now();
  await server.stop(60_000);
  assert.ok(performance.now() - started < 30_000, "it waited for the idle connection");
});

Deno.test("renew() serves with another certificate, completes pending requests, and keeps the previous one on errors", async () => {
  await using certificates = await makeCertificates("TLS on the listener");
  if (certificates === undefined) return;
  const { good, expired } = certificates;
  const [arrived, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = serve(loopback, async ({ url }) => {
    if (url.endsWith("/slow")) {
      arrived.resolve();
      await slow.promise;
    }
    return new Response("here");
  });
  const port = portOf(server);
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(certificates.authority)] });
  const overTls = async (): Promise<string> => await (await fetch(`https://localhost:${port}/`, { client })).text();
  const waiting = fetch(`http://127.0.0.1:${port}/slow`);
  await arrived.promise;
  server.renew(good);
  assert.equal(urlOf(server), `https://127.0.0.1:${port}`);
  assert.equal(await overTls(), "here");
  slow.resolve();
  assert.equal(await (await waiting).text(), "here");
  for (const bad of [{ cert: good.cert, key: expired.key }, { cert: "none", key: "none" }]) {
    assert.throws(() => server.renew(bad), (error) => error instanceof ExitError && error.exitCode === EXIT.refused);
    assert.equal(await overTls(), "here");
  }
  server.renew(undefined);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "here");
  await server.stop(1000);
  assert.throws(
    () => serve(loopback, () => new Response(), { cert: "none", key: "none" }),
    /Invalid TLS certificate: not PEM/,
  );
});

Deno.test("renew() refuses no connection", async () => {
  await using certificates = await makeCertificates("TLS on the listener");
  if (certificates === undefined) return;
  const { good, authority } = certificates;
  const server = serve(loopback, () => new Response("here"), good);
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(authority)], poolMaxIdlePerHost: 0 });
  let isDone = false;
  let count = 0;
  const asking = (async () => {
    while (!isDone || count < 20) {
      assert.equal(await (await fetch(`https://localhost:${portOf(server)}/`, { client })).text(), "here");
      count++;
    }
  })();
  for (let time = 0; time < 20; time++) {
    server.renew(good);
    await settle();
  }
  isDone = true;
  await asking;
  await server.stop(1000);
});

Deno.test("renew() uses the new certificate for a connection that sends its first bytes afterwards", async () => {
  await using certificates = await makeCertificates("TLS on the listener");
  if (certificates === undefined) return;
  const { good, expired, authority } = certificates;
  const server = serve(loopback, () => new Response("here"), expired);
  const connection = await Deno.connect({ hostname: "localhost", port: portOf(server) });
  // Another connection is served after it, so it is accepted by now.
  await assert.rejects(fetch(`https://localhost:${portOf(server)}/`));
  server.renew(good);
  const caCerts = [await Deno.readTextFile(authority)];
  using tls = await Deno.startTls(connection, { hostname: "localhost", caCerts });
  await tls.handshake();
  await server.stop(1000);
});

Deno.test("serve() listens on all addresses, or on none", async () => {
  const server = serveWith({
    addresses: [loopback, { hostname: "::1", port: 0 }],
    handler: () => new Response("here"),
    clock: systemClock,
    maxPerClient: 0,
  });
  assert.equal(server.urls.length, 2);
  for (const url of server.urls) assert.equal(await (await fetch(url)).text(), "here");
  const [free, taken] = [freePort(), portOf(server)];
  const addresses = [{ hostname: "127.0.0.1", port: free }, { hostname: "127.0.0.1", port: taken }];
  assert.throws(
    () => serveWith({ addresses, handler: () => new Response(), clock: systemClock, maxPerClient: 0 }),
    new RegExp(`Port ${taken} is in use`),
  );
  await assert.rejects(fetch(`http://127.0.0.1:${free}/`), TypeError);
  await server.stop(1000);
});

Deno.test("serve() closes connections above the limit of a client, idle ones first", async () => {
  const clock = createFakeClock();
  const server = serve(loopback, () => new Response("here"), undefined, { clock, maxPerClient: 2 });
  const connections: Deno.TcpConn[] = [];
  for (let count = 0; count < 3; count++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
    await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    await connection.read(new Uint8Array(4096));
    await clock.advance(1);
    connections.push(connection);
  }
  assert.equal(await connections[0]?.read(new Uint8Array(1)), null, "the first is still open");
  for (const connection of connections) connection.close();
  await server.stop(0);
});

Deno.test("serve() closes connections with an incomplete header or TLS handshake", async () => {
  await using certificates = await makeCertificates("TLS on the listener");
  if (certificates === undefined) return;
  for (
    const [certificate, begin] of [[undefined, "GET / HTTP/1.1\r\nX-A:"], [certificates.good, "\x16\x03\x01"]] as const
  ) {
    const clock = createFakeClock();
    const server = serve(loopback, () => new Response("here"), certificate, { clock });
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
    await connection.write(new TextEncoder().encode(begin));
    // The connection is known once it is watched over.
    while (clock.sleepers === 0) await settle();
    await clock.advance(10_000);
    assert.equal(await connection.read(new Uint8Array(1)).catch(() => null), null);
    await server.stop(0);
  }
});

Deno.test("serve() disconnects a client that receives nothing, and frees the page", async () => {
  const clock = createFakeClock();
  const [answered, cancelled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const endless = (take: () => void): ReadableStream<Uint8Array> =>
    new ReadableStream({
      pull(controller): void {
        take();
        controller.enqueue(new Uint8Array(65_536));
        answered.resolve();
      },
      cancel: () => cancelled.resolve(),
    });
  const server = serve(loopback, (_request, { progress }) => new Response(endless(progress)), undefined, { clock });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await answered.promise;
  // Whatever the kernel still takes is progress: time passes until there is none.
  let isCancelled = false;
  cancelled.promise.then(() => isCancelled = true);
  for (let seconds = 0; !isCancelled && seconds < 10_000; seconds++) await clock.advance(1000);
  assert.ok(isCancelled, "the client is still connected");
  await server.stop(0);
});
