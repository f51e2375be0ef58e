import assert from "node:assert/strict";
import { EXIT, ExitError } from "../../src/errors.ts";
import { type ListenAddress, serve, type Server } from "../../src/web/serve.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { makeCertificates } from "../rig/certificates.ts";

const loopback: ListenAddress = { hostname: "127.0.0.1", port: 0 };

function portOf({ url }: Server): number {
  return Number(new URL(url).port);
}

Deno.test("serve() tells where it can be reached, and can be", async () => {
  for (const hostname of ["127.0.0.1", "::1", "", "0.0.0.0", "localhost"]) {
    const server = serve({ hostname, port: 0 }, () => new Response("here"));
    assert.match(server.url, /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost):\d+$/);
    assert.equal(await (await fetch(server.url)).text(), "here");
    await server.stop(1000);
  }
});

Deno.test("serve() without a host listens for both families", async () => {
  const server = serve({ hostname: "", port: 0 }, () => new Response("here"));
  for (const host of ["127.0.0.1", "[::1]"]) {
    assert.equal(await (await fetch(`http://${host}:${portOf(server)}/`)).text(), "here");
  }
  await server.stop(1000);
});

Deno.test("serve() tells that a port is in use", async () => {
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

Deno.test("serve() tells that an address is not this machine's", () => {
  assert.throws(
    () => serve({ hostname: "0.0.0.1", port: 0 }, () => new Response()),
    (error) =>
      error instanceof ExitError && error.exitCode === EXIT.failure &&
      /^Cannot listen on 0\.0\.0\.1, port 0: /.test(error.message),
  );
});

Deno.test("serve() answers 500 without detail when a handler throws, and lives", async () => {
  using log = catchLog();
  let broken = true;
  const server = serve(loopback, () => {
    if (broken) throw new TypeError("the secret detail");
    return new Response("well");
  });
  const response = await fetch(server.url);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "Internal error\n");
  assert.deepEqual(log.lines, [{ level: "error", msg: "Answering a request failed", error: "the secret detail" }]);
  broken = false;
  assert.equal(await (await fetch(server.url)).text(), "well");
  await server.stop(1000);
});

Deno.test("serve() answers 500 when a handler fails later, too", async () => {
  using log = catchLog();
  const server = serve(loopback, () => Promise.reject(new Error("later")));
  const response = await fetch(server.url);
  assert.deepEqual([response.status, await response.text()], [500, "Internal error\n"]);
  assert.equal(log.lines.length, 1);
  await server.stop(1000);
});

Deno.test("stop() lets a request under way end", async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = serve(loopback, async () => {
    arrived.resolve();
    await answer.promise;
    return new Response("the last one");
  });
  const scrape = fetch(server.url).then((response) => response.text());
  await arrived.promise;
  const stopping = server.stop(60_000);
  answer.resolve();
  assert.equal(await scrape, "the last one");
  await stopping;
  await assert.rejects(fetch(server.url), TypeError);
});

Deno.test("stop() waits no longer than it is told", async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = serve(loopback, async () => {
    arrived.resolve();
    await answer.promise;
    return new Response("too late");
  });
  const scrape = fetch(server.url).then((response) => response.text());
  await arrived.promise;
  // The handler does not end before this has returned.
  await server.stop(10);
  answer.resolve();
  assert.equal(await scrape, "too late");
  await server.stop(60_000);
});

Deno.test("stop() is not held up by an idle connection", async () => {
  const server = serve(loopback, () => new Response("kept alive"));
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await connection.read(new Uint8Array(4096));
  await server.stop(60_000);
});

Deno.test("renew() serves with another certificate, ends what is under way as it began, and keeps the one before where it cannot", async () => {
  await using certificates = await makeCertificates("TLS on the listener");
  if (certificates === undefined) return;
  const { good, expired } = certificates;
  const slow = Promise.withResolvers<void>();
  const server = serve(loopback, async ({ url }) => {
    if (url.endsWith("/slow")) await slow.promise;
    return new Response("here");
  });
  const port = portOf(server);
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(certificates.authority)] });
  const overTls = async (): Promise<string> => await (await fetch(`https://localhost:${port}/`, { client })).text();
  const waiting = fetch(`http://127.0.0.1:${port}/slow`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.renew(good);
  assert.equal(server.url, `https://127.0.0.1:${port}`);
  assert.equal(await overTls(), "here");
  slow.resolve();
  assert.equal(await (await waiting).text(), "here");
  for (const bad of [{ cert: good.cert, key: expired.key }, { cert: "none", key: "none" }]) {
    await assert.rejects(server.renew(bad), (error) => error instanceof ExitError && error.exitCode === EXIT.refused);
    assert.equal(await overTls(), "here");
  }
  await server.renew(undefined);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "here");
  await server.stop(1000);
  assert.throws(() => serve(loopback, () => new Response(), { cert: "none", key: "none" }), /it is no PEM/);
});

Deno.test("renew() waits for the port no longer than until the stop", async () => {
  await using certificates = await makeCertificates("TLS on the listener");
  if (certificates === undefined) return;
  const server = serve(loopback, () => new Response("here"));
  await server.renew(certificates.good, AbortSignal.abort());
  assert.match(server.url, /^http:/, "it took the port over after the stop");
  await server.stop(1000);
});
