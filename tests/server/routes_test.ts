import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { createPageStore, type PageRequest, type PageStore } from "../../src/metrics/pages/page_store.ts";
import { createLinks } from "../../src/page/links.ts";
import { createHealth } from "../../src/server/health.ts";
import { createRoutes } from "../../src/server/routes.ts";
import { createPageRoutes } from "../../src/server/page_routes.ts";
import { createStatusRoute } from "../../src/server/status_route.ts";
import { createStatusReader } from "../../src/status/status.ts";
import { joinParts } from "../../src/metrics/pages/piece.ts";
import { fakeConnection } from "../fakes/fake_connection.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, networkAt, type Watched, watched } from "../fakes/watched.ts";

interface Site {
  readonly clock: FakeClock;
  readonly all: Watched;
  readonly stop: AbortController;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** What is wrong with the listener. */
  readonly problems: string[];
}

interface SiteOptions {
  readonly telemetryPath?: string;
  /** @default {a real one} */
  readonly pages?: PageStore;
  readonly reload?: () => Promise<string | undefined>;
  /** Whether there are pages for people. */
  readonly page?: boolean;
  readonly routePrefix?: string;
  /** @default {the route prefix} */
  readonly linkPrefix?: string;
}

function site(options: SiteOptions = {}): Site {
  const { telemetryPath = "/metrics", pages, reload, page = false, routePrefix = "" } = options;
  const clock = createFakeClock();
  const all = watched({ "https://a.example/": [{ address: addressOf(1), label: "w" }] }, { clock });
  const { store } = all;
  const stop = new AbortController();
  const problems: string[] = [];
  const health = createHealth({ store, clock, interval: () => 60_000, listening: () => problems, stop: stop.signal });
  const pageStore = pages ?? createPageStore({ ...all, clock });
  const read = createStatusReader({ store, clock, self: all.self, interval: () => 60_000 });
  const status = createStatusRoute(read, clock);
  const links = createLinks(options.linkPrefix ?? routePrefix, telemetryPath);
  const people = page ? createPageRoutes({ read, common: [], links, routePrefix, clock }) : undefined;
  const routes = createRoutes({ pages: pageStore, health, status, people, links, routePrefix, telemetryPath, reload });
  const ask = async (path: string, init?: RequestInit): Promise<Response> =>
    await routes(new Request(`http://localhost:8080${path}`, init), fakeConnection(clock).begin());
  return { clock, all, stop, ask, problems };
}

/** Remembers what was asked for. */
function recordingStore(): PageStore & { readonly asked: PageRequest[]; readonly bytes: Uint8Array<ArrayBuffer> } {
  const asked: PageRequest[] = [];
  const bytes = new TextEncoder().encode("the page\n");
  return {
    asked,
    bytes,
    get(request) {
      asked.push(request);
      return Promise.resolve({ ...joinParts([bytes]), page: { size: bytes.length } });
    },
    close: () => {},
  };
}

Deno.test("createRoutes() serves the metrics as text, with the right headers", async () => {
  const { ask, all } = site();
  all.record(0, [COIN]);
  const response = await ask("/metrics");
  const text = await response.text();
  assert.equal(response.status, 200);
  assert.match(text, /^wallet_balance_eth\{.*\} 1$/m);
  assert.deepEqual(Object.fromEntries(response.headers), {
    "content-length": String(new TextEncoder().encode(text).length),
    "content-type": "text/plain; version=0.0.4; charset=utf-8",
    "vary": "Accept, Accept-Encoding",
  });
});

Deno.test("createRoutes() serves OpenMetrics and gzip on request", async () => {
  const { ask } = site();
  const response = await ask("/metrics", {
    headers: { "accept": "application/openmetrics-text", "accept-encoding": "gzip" },
  });
  assert.equal(response.headers.get("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  assert.equal(response.headers.get("content-encoding"), "gzip");
  assert.match(new TextDecoder().decode(gunzipSync(await response.bytes())), /# EOF\n$/);
});

Deno.test("createRoutes() sends the store's bytes without copying them", async () => {
  const pages = recordingStore();
  const response = await site({ pages }).ask("/metrics");
  const chunks = await Array.fromAsync(response.body ?? []);
  assert.deepEqual(chunks.map(({ buffer }) => buffer), [pages.bytes.buffer]);
});

Deno.test("createRoutes() returns the headers of GET for HEAD, without a body", async () => {
  const { ask } = site({ pages: recordingStore() });
  const [get, head] = [await ask("/metrics"), await ask("/metrics", { method: "HEAD" })];
  assert.equal(head.body, null);
  assert.equal(head.status, 200);
  assert.deepEqual([...head.headers], [...get.headers]);
  await get.body?.cancel();
});

Deno.test("createRoutes() passes the filters on", async () => {
  const pages = recordingStore();
  const { ask } = site({ pages });
  const queries = ["", "?", "?name[]=a", "?name%5B%5D=a&name[]=b%20c", "?name=a&x=y", "?name[]="];
  for (const query of queries) await (await ask(`/metrics${query}`)).body?.cancel();
  assert.deepEqual(pages.asked.map(({ names }) => names), [[], [], ["a"], ["a", "b c"], [], [""]]);
});

Deno.test("createRoutes() serves the metrics with and without a trailing slash", async () => {
  for (const telemetryPath of ["/metrics", "/custom/"]) {
    const { ask } = site({ telemetryPath, pages: recordingStore() });
    for (const path of [telemetryPath.replace(/\/$/, ""), telemetryPath.replace(/\/?$/, "/")]) {
      assert.equal(await (await ask(path)).text(), "the page\n", path);
    }
  }
});

Deno.test("createRoutes() reloads on POST and PUT, and returns why a configuration was refused", async () => {
  let [reloads, problem]: [number, string | undefined] = [0, undefined];
  const { ask } = site({ reload: () => Promise.resolve((reloads++, problem)) });
  for (const method of ["POST", "PUT"]) {
    const response = await ask("/-/reload", { method });
    assert.deepEqual([response.status, await response.text()], [200, "Configuration reloaded\n"]);
  }
  problem = "config.json:1:1: error: it is empty";
  const refused = await ask("/-/reload", { method: "POST" });
  assert.deepEqual([refused.status, await refused.text()], [500, `${problem}\n`]);
  assert.equal(reloads, 3);
  for (const method of ["GET", "HEAD", "DELETE"]) {
    const response = await ask("/-/reload", { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST, PUT"]);
    await response.body?.cancel();
  }
  assert.equal(reloads, 3);
});

Deno.test("createRoutes() returns 403 for a reload unless it is enabled", async () => {
  const { ask } = site();
  const refused = await ask("/-/reload", { method: "POST" });
  assert.deepEqual([refused.status, await refused.text()], [
    403,
    "Reloading is disabled; start the exporter with --web.enable-lifecycle\n",
  ]);
  const got = await ask("/-/reload");
  assert.equal(got.status, 405);
  await got.body?.cancel();
});

Deno.test("createRoutes() serves the metrics on another path only", async () => {
  const { ask } = site({ telemetryPath: "/custom/metrics" });
  assert.equal((await ask("/custom/metrics")).status, 200);
  const missing = await ask("/metrics");
  assert.equal(missing.status, 404);
  assert.equal(await missing.text(), "Not found. The metrics are at /custom/metrics\n");
  assert.match(await (await ask("/")).text(), /href="\/custom\/metrics"/);
});

const WALLET = `/wallets/a/${addressOf(1)}`;

Deno.test("createRoutes() serves pages for people, or a page of links in their place", async () => {
  const { ask } = site({ page: true });
  assert.match(await (await ask("/")).text(), /<h2 id="wallets">/);
  assert.equal((await ask(WALLET)).status, 200);
  const links = site({ page: false });
  assert.match(await (await links.ask("/")).text(), /<a href="\/metrics">Metrics/);
  assert.equal((await links.ask(WALLET)).status, 404);
  assert.equal((await links.ask("/api/v1/status")).status, 200);
});

Deno.test("createRoutes() serves the metrics on /, in place of all pages for people", async () => {
  const { ask } = site({ telemetryPath: "/", page: true });
  assert.match(await (await ask("/")).text(), /^# HELP/);
  for (const path of ["/metrics", WALLET]) assert.equal((await ask(path)).status, 404);
  assert.equal((await ask("/api/v1/status")).status, 200);
});

/** The links of a page to the exporter itself, and the targets of its forms. */
function ownLinks(page: string): readonly string[] {
  return [...page.matchAll(/ (?:href|action)="([^"]*)"/g)].map(([, link = ""]) => link.replaceAll("&#38;", "&"))
    .filter((link) => !/^(https?|data):/.test(link));
}

Deno.test("createRoutes() serves everything below its prefix, where all links of all pages lead", async () => {
  for (const routePrefix of ["", "/a", "/a/b"]) {
    for (const page of [true, false]) {
      const { ask, all } = site({ page, routePrefix, telemetryPath: "/custom" });
      all.record(0, [COIN]);
      const paths = ["/", "/?q=nothing&refresh=0", ...page ? [WALLET] : []].map((path) => routePrefix + path);
      for (const path of paths) {
        const links = ownLinks(await (await ask(path)).text());
        assert.ok(links.includes(`${routePrefix}/custom`) && links.includes(`${routePrefix}/-/ready`), String(links));
        for (const link of links) assert.equal((await ask(link)).status, 200, `${link} on ${path}`);
      }
      for (const path of ["/-/healthy", "/readyz", "/api/v1/status"]) {
        assert.equal((await ask(routePrefix + path)).status, 200);
        if (routePrefix !== "") assert.equal((await ask(path)).status, 404);
      }
    }
  }
});

Deno.test("createRoutes() redirects the root to its prefix, and nothing else", async () => {
  const { ask } = site({ page: true, routePrefix: "/a" });
  const response = await ask("/");
  assert.deepEqual([response.status, response.headers.get("location")], [302, "/a/"]);
  assert.equal((await ask("/a")).status, 200);
  for (const path of ["/ab", "/b", "/a/a/", "//a"]) assert.equal((await ask(path)).status, 404, path);
  assert.equal(await (await ask("/metrics")).text(), "Not found. The metrics are at /a/metrics\n");
  assert.equal((await ask("/", { method: "POST" })).status, 405);
});

Deno.test("createRoutes() links below the external path where a proxy removes it", async () => {
  const { ask, all } = site({ page: true, linkPrefix: "/outside" });
  all.record(0, [COIN]);
  const links = ownLinks(await (await ask("/")).text());
  assert.ok(links.length > 5 && links.every((link) => link.startsWith("/outside/")), String(links));
  for (const link of links) assert.equal((await ask(link.replace("/outside", ""))).status, 200, link);
});

Deno.test("createRoutes() returns 404 for all other paths", async () => {
  const { ask } = site();
  for (
    const path of ["/metrics//", "/Metrics", "//metrics", "/metrics%20", "/-/", "/favicon.ico", "/../etc/passwd", "/%"]
  ) {
    const response = await ask(path);
    assert.equal(response.status, 404, path);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    await response.body?.cancel();
  }
});

Deno.test("createRoutes() returns 405 for other methods, with the allowed ones", async () => {
  const { ask } = site();
  for (const path of ["/", "/metrics", "/-/healthy", "/readyz"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const response = await ask(path, { method });
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"]);
      await response.body?.cancel();
    }
  }
  assert.equal((await ask("/nothing", { method: "POST" })).status, 404);
});

Deno.test("createRoutes() serves the landing page with a strict Content-Security-Policy", async () => {
  const response = await site().ask("/");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  assert.match(await response.text(), /^<!doctype html>/);
});

Deno.test("createRoutes() serves health and readiness under both names", async () => {
  const { ask, all, clock, stop, problems } = site();
  const answer = async (path: string): Promise<string> => {
    const response = await ask(path);
    assert.equal(response.headers.get("cache-control"), "no-store");
    return `${response.status} ${await response.text()}`;
  };
  for (const path of ["/-/healthy", "/healthz"]) assert.equal(await answer(path), "200 ok\n");
  for (const path of ["/-/ready", "/readyz"]) assert.equal(await answer(path), "503 the first poll has not finished\n");
  all.record(0, [COIN]);
  for (const path of ["/-/ready", "/readyz"]) assert.equal(await answer(path), "200 ok\n");
  await clock.advance(200_000);
  assert.equal(await answer("/-/healthy"), "503 network a: no poll was started for 200 s\n");
  networkAt(all.store, 0).lastTick = clock.now();
  problems.push("not listening on [::]:8080: Too many open files");
  assert.equal(await answer("/-/healthy"), "503 not listening on [::]:8080: Too many open files\n");
  problems.pop();
  assert.equal(await answer("/-/healthy"), "200 ok\n");
  stop.abort();
  assert.equal(await answer("/-/ready"), "503 stopping\n");
  assert.equal((await ask("/metrics")).status, 200);
});

Deno.test("createRoutes() serves the status as JSON, compressed on request", async () => {
  const { ask, all } = site();
  all.record(0, [COIN]);
  const plain = await ask("/api/v1/status");
  const text = await plain.text();
  assert.equal(plain.headers.get("content-type"), "application/json; charset=utf-8");
  assert.equal(plain.headers.get("content-length"), String(new TextEncoder().encode(text).length));
  assert.equal(JSON.parse(text).wallets[0].balances[0].balance, "1");
  const packed = await ask("/api/v1/status", { headers: { "accept-encoding": "gzip" } });
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.equal(gunzipSync(await packed.bytes()).toString(), text);
  const head = await ask("/api/v1/status", { method: "HEAD" });
  assert.deepEqual([head.headers.get("content-length"), await head.text()], [String(text.length), ""]);
});

Deno.test("createRoutes() returns 304 for a status that the client has, until it changes", async () => {
  const { ask, all, clock } = site();
  all.record(0, [COIN]);
  const etag = (await ask("/api/v1/status")).headers.get("etag") ?? "";
  const again = async (): Promise<number> =>
    (await ask("/api/v1/status", { headers: { "if-none-match": etag } })).status;
  assert.equal(await again(), 304);
  await clock.advance(5000);
  assert.equal(await again(), 200);
  all.record(0, [COIN + 1n]);
  assert.equal(await again(), 200);
});

Deno.test("createRoutes() serves pages compressed on request, that load themselves again unless they are paused", async () => {
  const { ask, all } = site({ page: true });
  all.record(0, [COIN]);
  for (const path of ["/", `/wallets/a/${addressOf(1)}`]) {
    const plain = await ask(path);
    const text = await plain.text();
    assert.deepEqual([plain.status, plain.headers.get("refresh")], [200, "30"], path);
    const packed = await ask(path, { headers: { "accept-encoding": "gzip" } });
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    assert.equal(gunzipSync(await packed.bytes()).toString(), text);
    const paused = await ask(`${path}?refresh=0`);
    assert.equal(paused.headers.get("refresh"), null);
    const head = await ask(path, { method: "HEAD" });
    assert.deepEqual([head.headers.get("content-length"), await head.text()], [
      plain.headers.get("content-length"),
      "",
    ]);
  }
});

Deno.test("createRoutes() serves a wallet's page by any case of its address, and 404 with the way back otherwise", async () => {
  const { ask, all } = site({ page: true });
  all.record(0, [COIN]);
  assert.equal((await ask(`/wallets/a/${addressOf(1).toUpperCase().replace("X", "x")}`)).status, 200);
  const paths = ["/wallets/", "/wallets/a", "/wallets/a/", "/wallets/b/" + addressOf(1), "/wallets/a/0x1"];
  for (
    const path of [...paths, `/wallets/a/${addressOf(1)}/more`, "/wallets/%ZZ/%", `/wallets/${"a".repeat(5000)}/x`]
  ) {
    const response = await ask(path);
    assert.equal(response.status, 404, path);
    assert.match(await response.text(), /There is no such wallet.*<a href="\/">All wallets/);
  }
});

Deno.test("createRoutes() answers browsers with a page for unknown paths, others with text", async () => {
  const { ask } = site({ page: true });
  const browser = await ask("/nothing", { headers: { accept: "text/html,*/*;q=0.8" } });
  assert.deepEqual([browser.status, browser.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
  assert.match(await browser.text(), /There is no such page.*<a href="\/">All wallets/);
  const script = await ask("/nothing");
  assert.deepEqual([script.status, await script.text()], [404, "Not found. The metrics are at /metrics\n"]);
});
