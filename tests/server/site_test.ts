import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { concat } from "../../src/metrics/pages/piece.ts";
import { createPageStore, type PageStore } from "../../src/metrics/pages/page_store.ts";
import type { Snapshot } from "../../src/metrics/model/snapshot.ts";
import { createLinks } from "../../src/page/links.ts";
import { createHealth } from "../../src/server/health.ts";
import { createRoutes } from "../../src/server/routes.ts";
import { systemClock } from "../../src/util/clock.ts";
import { serve, type Server } from "../../src/server/serve.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { raw, requestText } from "../fakes/raw_http.ts";
import { addressOf, COIN, watched } from "../fakes/watched.ts";

function portOf({ urls: [url = ""] }: Server): number {
  return Number(new URL(url).port);
}

interface Site {
  readonly server: Server;
  readonly pages: PageStore;
  /** How often a page was rendered. */
  readonly renders: () => number;
}

/** Starts the whole site over some wallets, all of them read. */
function startSite(wallets: number): Site {
  const clock = createFakeClock();
  const list = Array.from({ length: wallets }, (_, index) => {
    return { address: addressOf(index), label: "w", min_balance_eth: 1 };
  });
  const all = watched({ "https://a.example/": list }, { clock });
  all.record(0, list.map((_, index) => BigInt(index) * COIN));
  const { store } = all;
  let count = 0;
  const snapshot = (): Snapshot => {
    count++;
    return all.snapshot();
  };
  const health = createHealth({
    store,
    clock,
    interval: () => 60_000,
    listening: () => [],
    stop: new AbortController().signal,
  });
  const pages = createPageStore({ ...all, snapshot, clock });
  const server = serve({
    addresses: [{ hostname: "127.0.0.1", port: 0 }],
    handler: createRoutes({
      pages,
      health,
      status: () => new Response(),
      links: createLinks(),
      routePrefix: "",
      telemetryPath: "/metrics",
    }),
    clock: systemClock,
    maxPerClient: 0,
  });
  return { server, pages, renders: () => count };
}

Deno.test("the site returns the headers of GET for HEAD, without a body", async () => {
  const { server } = startSite(3);
  for (const headers of [{}, { "accept-encoding": "gzip" }]) {
    const [head = "", body] = (await raw(portOf(server), requestText("/metrics", headers, "HEAD"))).split("\r\n\r\n");
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(head, /^content-length: [1-9]\d*$/m);
    assert.doesNotMatch(head, /transfer-encoding/i);
    assert.equal(body, "");
  }
  await server.stop(1000);
});

Deno.test("the site sends the length of pages, even of an empty one", async () => {
  const { server } = startSite(3);
  for (const path of ["/metrics", "/metrics?name[]=nothing"]) {
    const [head = "", body = ""] = (await raw(portOf(server), requestText(path))).split("\r\n\r\n");
    assert.match(head, new RegExp(`^content-length: ${new TextEncoder().encode(body).length}$`, "m"));
    assert.doesNotMatch(head, /transfer-encoding/i);
    assert.equal(body === "", path !== "/metrics");
  }
  await server.stop(1000);
});

Deno.test("the site returns the right type or 4xx for headers of every size and kind", async () => {
  const { server } = startSite(3);
  const port = portOf(server);
  const commas = ",".repeat(65_536);
  const long = "a".repeat(65_536);
  const headers: readonly Readonly<Record<string, string>>[] = [
    { accept: commas },
    { accept: long },
    { "accept-encoding": commas },
    { accept: commas, "accept-encoding": commas, x: long },
  ];
  for (const each of headers) {
    const answer = await raw(port, requestText("/metrics", each));
    assert.match(answer, /^HTTP\/1\.1 (200 OK\r\n(.+\r\n)*content-type: text\/plain; version=0\.0\.4|4\d\d )/);
  }
  const junk = ["\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\0\x01\r\n\r\n", `GET /${long.repeat(8)} HTTP/1.1\r\n\r\n`];
  for (const each of junk) {
    const answer = await raw(port, each, { end: true });
    assert.ok(answer === "" || /^HTTP\/1\.[01] 4\d\d /.test(answer), answer.slice(0, 100));
  }
  for (const target of ["*", "http://evil.example/metrics", "//", "/%ff%fe", "/metrics?name[]=%ff"]) {
    assert.match(await raw(port, requestText(target)), /^HTTP\/1\.1 [24]\d\d /, target);
  }
  assert.match(await raw(port, requestText("/metrics")), /^HTTP\/1\.1 200 OK\r\n/);
  await server.stop(1000);
});

Deno.test("the site keeps serving while clients read slowly or disconnect", async () => {
  const { server } = startSite(5000);
  const port = portOf(server);
  const expected = (await raw(port, requestText("/metrics"))).length;
  assert.ok(expected > 4_000_000, String(expected));
  const slow: { readonly connection: Deno.Conn; got: number }[] = [];
  for (let client = 0; client < 20; client++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(
      new TextEncoder().encode(requestText("/metrics", client % 2 === 0 ? { "accept-encoding": "gzip" } : {})),
    );
    // The first bytes only; the rest waits in the server.
    slow.push({ connection, got: await connection.read(new Uint8Array(1024)) ?? 0 });
  }
  const aborted = Array.from({ length: 20 }, async () => {
    const controller = new AbortController();
    const response = await fetch(`${server.urls[0]}/metrics`, { signal: controller.signal });
    controller.abort();
    await response.body?.cancel().catch(() => {});
  });
  await Promise.all(aborted);
  assert.equal((await raw(port, requestText("/metrics"))).length, expected);
  // One of the slow goes on and gets the whole; then all go away.
  const patient = slow[1];
  assert.ok(patient !== undefined);
  const buffer = new Uint8Array(65_536);
  for (let count = 0; count !== -1; count = await patient.connection.read(buffer) ?? -1) patient.got += count;
  assert.equal(patient.got, expected);
  for (const { connection } of slow) connection.close();
  assert.equal((await raw(port, requestText("/metrics"))).length, expected);
  await server.stop(60_000);
});

Deno.test("the site serves a hundred parallel scrapes of 50,000 series the same complete page", async () => {
  const { server, pages, renders } = startSite(6250);
  const expected = concat(await pages.get({ format: "text", gzip: false, names: [] }));
  const lengths = await Promise.all(Array.from({ length: 100 }, async () => {
    const response = await fetch(`${server.urls[0]}/metrics`, { headers: { "accept-encoding": "identity" } });
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
