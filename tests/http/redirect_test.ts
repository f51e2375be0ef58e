import assert from "node:assert/strict";
import { systemClock } from "../../src/util/clock.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { type Answer, post } from "../../src/jsonrpc/post.ts";
import { createRoute, type Route } from "../../src/http/redirect.ts";
import { TransportError } from "../../src/http/transport_error.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import { type Opened, openFake } from "../fakes/open_fake.ts";
import { PATIENCE } from "../program/until.ts";

/** One request as the server saw it. */
interface Seen {
  readonly path: string;
  readonly method: string;
  readonly body: string;
  readonly key: string | null;
}

interface Server extends AsyncDisposable {
  readonly port: number;
  readonly seen: Seen[];
  /** Where paths redirect to, with the status; any other is answered. */
  readonly rules: Map<string, readonly [status: number, location: string]>;
  /** Paths that are answered with a 500. */
  readonly broken: Set<string>;
}

function startServer(): Server {
  const seen: Seen[] = [];
  const rules: Server["rules"] = new Map();
  const broken = new Set<string>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const path = pathname + search;
    seen.push({ path, method: request.method, body: await request.text(), key: request.headers.get("authorization") });
    if (broken.has(path)) return new Response("broken", { status: 500 });
    const [status, location] = rules.get(path) ?? [];
    if (status === undefined || location === undefined) return new Response("{}");
    return new Response(null, { status, headers: { location } });
  });
  return { port: server.addr.port, seen, rules, broken, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function send({ endpoint }: Opened): Promise<Answer> {
  using deadline = startDeadline(systemClock, PATIENCE);
  return await post(endpoint, '{"id":1}', 4096, deadline);
}

async function failureOf(opened: Opened): Promise<RpcError> {
  const error = await send(opened).then(() => undefined, (error) => error);
  assert.ok(error instanceof RpcError, "nothing failed");
  return error;
}

Deno.test("L4: post() follows 307 and 308 on its own host, with method, body and credentials, and counts each request", async () => {
  for (const status of [307, 308]) {
    await using server = startServer();
    server.rules.set("/a", [status, "/b?key=1"]);
    using opened = openFake(`http://me:pass@127.0.0.1:${server.port}/a`);
    assert.equal((await send(opened)).status, 200);
    assert.deepEqual(server.seen.map(({ path, method, body }) => [path, method, body]), [
      ["/a", "POST", '{"id":1}'],
      ["/b?key=1", "POST", '{"id":1}'],
    ]);
    assert.ok(server.seen.every(({ key }) => key === `Basic ${btoa("me:pass")}`));
    // The request that was answered is counted by who sent it.
    assert.deepEqual(opened.records.map(({ sentBytes, reasons }) => [sentBytes, reasons.size]), [[8, 0]]);
  }
});

Deno.test("L4: post() remembers a 308 whatever happens, and a 307 until it fails", async () => {
  for (
    const [status, expected] of [[308, ["/a", "/b", "/b", "/b", "/b"]], [307, [
      "/a",
      "/b",
      "/b",
      "/b",
      "/a",
      "/b",
    ]]] as const
  ) {
    await using server = startServer();
    server.rules.set("/a", [status, "/b"]);
    using opened = openFake(`http://127.0.0.1:${server.port}/a`);
    await send(opened);
    await send(opened);
    server.broken.add("/b");
    await send(opened);
    server.broken.delete("/b");
    await send(opened);
    assert.deepEqual(server.seen.map(({ path }) => path), expected);
  }
});

/** Sends a request by a route where these redirects come, and then a response. */
async function follow(
  route: Route,
  ...redirects: readonly (readonly [status: number, location: string | null])[]
): Promise<void> {
  const left = redirects.values();
  await route.follow(() => {
    const { value: [status, location] = [200, null] } = left.next();
    return Promise.resolve(new Response(null, { status, headers: location === null ? {} : { location } }));
  });
}

Deno.test("L4: createRoute() keeps a target after a failure only if all redirects to it are permanent", async () => {
  const own = "http://node.test/";
  for (
    const [isKept, ...statuses] of [[true, 308], [true, 308, 308], [false, 307], [false, 307, 308], [
      false,
      308,
      307,
    ]] as const
  ) {
    const route = createRoute(own);
    await follow(route, ...statuses.map((status, index) => [status, `/${index}`] as const));
    const target = `${own}${statuses.length - 1}`;
    assert.equal(route.href, target);
    route.reset();
    assert.equal(route.href, isKept ? target : own, String(statuses));
  }
  const route = createRoute(own);
  for (const status of [307, 308]) await follow(route, [status, `/${status}`]);
  // A response without a redirect changes nothing.
  await follow(route);
  assert.equal(route.href, `${own}308`);
  route.reset();
  assert.equal(route.href, own, "a 308 behind a 307 is temporary");
  for (const path of ["1", "2"]) {
    await follow(route, [308, `/${path}`]);
    route.reset();
    assert.equal(route.href, own + path, "a 308 after a 307 that failed is permanent");
  }
});

Deno.test("L4: post() follows three redirects and no fourth, and no loop", async () => {
  await using server = startServer();
  for (const at of [0, 1, 2]) server.rules.set(`/${at}`, [308, `/${at + 1}`]);
  using opened = openFake(`http://127.0.0.1:${server.port}/0`);
  assert.equal((await send(opened)).status, 200);
  server.rules.set("/3", [308, "/3"]);
  using circle = openFake(`http://127.0.0.1:${server.port}/3`);
  const { reason, message } = await failureOf(circle);
  assert.deepEqual([reason, message], ["redirect", "more than 3 redirects"]);
});

Deno.test("B3: post() follows neither 301, 302 nor 303, and treats no other status as a redirect", async () => {
  await using server = startServer();
  for (const status of [300, 301, 302, 303, 305, 399]) server.rules.set(`/${status}`, [status, "/target"]);
  for (const status of [301, 302, 303]) {
    using opened = openFake(`http://127.0.0.1:${server.port}/${status}`);
    assert.equal((await failureOf(opened)).reason, "redirect");
  }
  for (const status of [300, 305, 399]) {
    using opened = openFake(`http://127.0.0.1:${server.port}/${status}`);
    assert.equal((await send(opened)).status, status);
  }
  assert.ok(server.seen.every(({ path }) => path !== "/target"), "the target was contacted");
});

/** What is not followed, from `http://node.test/key`, and what the log says. */
const REFUSED: readonly (readonly [status: number, location: string | null, detail: RegExp])[] = [
  [308, "https://other.test/SECRETKEY?k=SECRETKEY", /redirects to another host, other\.test, which is not followed/],
  [307, "//other.test:81/SECRETKEY", /another host, other\.test:81,/],
  [308, "http://node.test.other.test/", /another host/],
  [308, "http://node.test@other.test/SECRETKEY", /another host, other\.test,/],
  [308, "http://sub.node.test/", /another host/],
  [307, "http://169.254.169.254/SECRETKEY", /another host, 169\.254\.169\.254/],
  [307, "http://node.test:8545/", /another port, node\.test:8545,/],
  [307, "https://node.test:6000/", /node\.test:6000, a blocked port/],
  [307, "file:///etc/passwd", /a file: URL/],
  [308, "data:text/plain,SECRETKEY", /a data: URL/],
  [308, "ws://node.test/", /a ws: URL/],
  [308, null, /without a valid Location/],
  [308, "http://[", /without a valid Location/],
  [301, "https://node.test/SECRETKEY", /HTTP 301 redirects to https:\/\/node\.test, and only 307 and 308 are followed/],
  [302, "/other", /HTTP 302 redirects to http:\/\/node\.test, and only/],
  [303, "/other", /HTTP 303/],
];

Deno.test("L4, B3: other redirects are refused with the host of their target and nothing more of it", async () => {
  for (const [status, location, detail] of REFUSED) {
    await assert.rejects(follow(createRoute("http://node.test/key"), [status, location]), (error) => {
      assert.ok(error instanceof TransportError && error.reason === "redirect", `${error}`);
      assert.match(error.message, detail);
      assert.ok(!error.message.includes("SECRETKEY") && !error.message.includes("passwd"), error.message);
      return true;
    });
  }
});

Deno.test("L4: createRoute() follows from http to https at any port, and never back", async () => {
  const next = async (from: string, location: string): Promise<string> => {
    const route = createRoute(from);
    await follow(route, [308, location]);
    return route.href;
  };
  assert.equal(await next("http://node.test/a", "https://node.test/a"), "https://node.test/a");
  assert.equal(await next("http://node.test:8545/", "https://NODE.test:8546/b#c"), "https://node.test:8546/b");
  assert.equal(await next("https://node.test/a", "b"), "https://node.test/b");
  assert.equal(await next("http://node.test/a", "http://user:pass@node.test/b"), "http://node.test/b");
  await assert.rejects(next("https://node.test/", "http://node.test/"), {
    reason: "redirect",
    message: /from https to http/,
  });
});

Deno.test("L4: createRoute() redacts keys in the target of a redirect", async () => {
  const location = "/v3/0123456789abcdef0123?token=fedcba9876543210fedc&net=arbitrum-one";
  await follow(createRoute("http://node.test/"), [308, location]);
  const { message } = new RpcError(
    "http_client",
    "Cannot POST /v3/0123456789abcdef0123?token=fedcba9876543210fedc arbitrum-one",
  );
  assert.ok(!/0123456789|fedcba987/.test(message), message);
  assert.match(message, /arbitrum-one/);
});
