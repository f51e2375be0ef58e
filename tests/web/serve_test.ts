import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { EXIT, ExitError } from "../../src/errors.ts";
import { createPageStore, type PageStore } from "../../src/metrics/page_store.ts";
import type { View } from "../../src/metrics/view.ts";
import { createHealth } from "../../src/web/health.ts";
import { createRoutes } from "../../src/web/routes.ts";
import { type ListenAddress, serve, type Server } from "../../src/web/serve.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createManualClock } from "../fakes/manual_clock.ts";
import { addressOf, COIN, IDENTITY, watched } from "../fakes/watched.ts";

const loopback: ListenAddress = { hostname: "127.0.0.1", port: 0 };

function portOf({ url }: Server): number {
  return Number(new URL(url).port);
}

/** Sends text as it is and reads until the server has closed or cut the connection. */
async function raw(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    sent += await connection.write(bytes.subarray(sent)).catch(asEnd) ?? bytes.length;
  }
  const decoder = new TextDecoder();
  let answer = "";
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(buffer).catch(asEnd);
    if (count === null) return answer;
    answer += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

/** A server that refuses a request without reading all of it resets the connection. */
function asEnd(error: unknown): null {
  if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) return null;
  throw error;
}

function get(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): string {
  const lines = Object.entries({ host: "localhost", connection: "close", ...headers });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

interface Site {
  readonly server: Server;
  readonly store: PageStore;
  /** How often a page was rendered. */
  readonly renders: () => number;
}

/** Starts the whole site over some wallets, all of them read. */
function startSite(wallets: number): Site {
  const clock = createManualClock();
  const list = Array.from({ length: wallets }, (_, index) => {
    return { address: addressOf(index), label: "w", min_balance_eth: 1 };
  });
  const all = watched({ "https://a.example/": list }, { clock });
  all.record(0, list.map((_, index) => BigInt(index) * COIN));
  const { book } = all;
  let count = 0;
  const view = (): View => {
    count++;
    return all.view();
  };
  const health = createHealth({ book, clock, interval: 60_000, stop: new AbortController().signal });
  const pages = createPageStore({ ...all, view, clock, identity: IDENTITY });
  const server = serve(loopback, createRoutes({ book, pages, health, telemetryPath: "/metrics" }));
  return { server, store: pages, renders: () => count };
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

Deno.test("the site answers HEAD as GET, without a body", async () => {
  const { server } = startSite(3);
  for (const headers of [{}, { "accept-encoding": "gzip" }]) {
    const [head = "", body] = (await raw(portOf(server), get("/metrics", headers, "HEAD"))).split("\r\n\r\n");
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(head, /^content-length: [1-9]\d*$/m);
    assert.doesNotMatch(head, /transfer-encoding/i);
    assert.equal(body, "");
  }
  await server.stop(1000);
});

Deno.test("the site sends its pages with their length, an empty one too", async () => {
  const { server } = startSite(3);
  for (const path of ["/metrics", "/metrics?name[]=nothing"]) {
    const [head = "", body = ""] = (await raw(portOf(server), get(path))).split("\r\n\r\n");
    assert.match(head, new RegExp(`^content-length: ${new TextEncoder().encode(body).length}$`, "m"));
    assert.doesNotMatch(head, /transfer-encoding/i);
    assert.equal(body === "", path !== "/metrics");
  }
  await server.stop(1000);
});

Deno.test("the site survives headers of every size and kind: the right type, or 4xx", async () => {
  const { server } = startSite(3);
  const port = portOf(server);
  const commas = ",".repeat(65_536);
  const long = "a".repeat(65_536);
  for (
    const headers of [{ accept: commas }, { accept: long }, { "accept-encoding": commas }, {
      accept: commas,
      "accept-encoding": commas,
      x: long,
    }]
  ) {
    const answer = await raw(port, get("/metrics", headers));
    assert.match(answer, /^HTTP\/1\.1 (200 OK\r\n(.+\r\n)*content-type: text\/plain; version=0\.0\.4|4\d\d )/);
  }
  for (
    const junk of [
      "\r\n\r\n",
      "GET\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\r\n\r\n",
      `GET /${long.repeat(8)} HTTP/1.1\r\n\r\n`,
    ]
  ) {
    const answer = await raw(port, junk);
    assert.ok(answer === "" || /^HTTP\/1\.[01] 4\d\d /.test(answer), answer.slice(0, 100));
  }
  for (const target of ["*", "http://evil.example/metrics", "//", "/%ff%fe", "/metrics?name[]=%ff"]) {
    assert.match(await raw(port, get(target)), /^HTTP\/1\.1 [24]\d\d /, target);
  }
  assert.match(await raw(port, get("/metrics")), /^HTTP\/1\.1 200 OK\r\n/);
  await server.stop(1000);
});

Deno.test("the site is not disturbed by clients that read slowly or go away", async () => {
  const { server } = startSite(5000);
  const port = portOf(server);
  const expected = (await raw(port, get("/metrics"))).length;
  assert.ok(expected > 4_000_000, String(expected));
  const slow: { readonly connection: Deno.Conn; got: number }[] = [];
  for (let client = 0; client < 20; client++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(
      new TextEncoder().encode(get("/metrics", client % 2 === 0 ? { "accept-encoding": "gzip" } : {})),
    );
    // The first bytes only; the rest waits in the server.
    slow.push({ connection, got: await connection.read(new Uint8Array(1024)) ?? 0 });
  }
  const aborted = Array.from({ length: 20 }, async () => {
    const controller = new AbortController();
    const response = await fetch(`${server.url}/metrics`, { signal: controller.signal });
    controller.abort();
    await response.body?.cancel().catch(() => {});
  });
  await Promise.all(aborted);
  assert.equal((await raw(port, get("/metrics"))).length, expected);
  // One of the slow goes on and gets the whole; then all go away.
  const patient = slow[1];
  assert.ok(patient !== undefined);
  const buffer = new Uint8Array(65_536);
  for (let count = 0; count !== -1; count = await patient.connection.read(buffer) ?? -1) patient.got += count;
  assert.equal(patient.got, expected);
  for (const { connection } of slow) connection.close();
  assert.equal((await raw(port, get("/metrics"))).length, expected);
  await server.stop(60_000);
});

Deno.test("the site gives a hundred parallel scrapes of 50,000 series one and the same whole page", async () => {
  const { server, store, renders } = startSite(6250);
  const expected = await store.get({ format: "text", gzip: false, names: [] });
  const lengths = await Promise.all(Array.from({ length: 100 }, async () => {
    const response = await fetch(`${server.url}/metrics`, { headers: { "accept-encoding": "identity" } });
    let read = 0;
    for await (const chunk of response.body ?? []) {
      assert.equal(Buffer.compare(chunk, expected.subarray(read, read + chunk.length)), 0);
      read += chunk.length;
    }
    return read;
  }));
  assert.deepEqual(new Set(lengths), new Set([expected.length]));
  assert.equal(renders(), 1);
  const families = parseExposition(new TextDecoder().decode(expected));
  assert.ok(families.flatMap(({ series }) => series).length >= 50_000);
  await server.stop(1000);
});
