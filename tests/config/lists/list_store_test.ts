import assert from "node:assert/strict";
import type { RemoteList } from "../../../src/config/model/config.ts";
import { EndpointUrl, parseEndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
import { refreshLists } from "../../../src/config/lists/refresh_lists.ts";
import { createListStore } from "../../../src/config/lists/list_store.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";

const A = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const GOOD = `address,label\n${A},x\n`;

/** A server of one list, whose response can be set. */
function startServer(): {
  readonly list: RemoteList;
  readonly seen: Headers[];
  /** Settles when somebody asks. */
  readonly asked: Promise<void>;
  answer: () => Response | Promise<Response>;
} & AsyncDisposable {
  const seen: Headers[] = [];
  const asked = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    seen.push(new Headers([...request.headers]));
    asked.resolve();
    return made.answer();
  });
  const url = parseEndpointUrl(`http://127.0.0.1:${server.addr.port}/k3y-of-the-list/wallets.csv`, [[
    "x-token",
    "t0ken",
  ]]);
  assert.ok(url instanceof EndpointUrl);
  const made = {
    list: { network: "n", index: 0, url, refresh: 60_000 },
    seen,
    asked: asked.promise,
    answer: (): Response | Promise<Response> => new Response(GOOD),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return made;
}

Deno.test("createListStore() keeps the wallets where a key is changed to one that the server does not take", async () => {
  await using server = startServer();
  using _log = catchLog();
  const store = createListStore(createFakeClock());
  const { list } = server;
  await store.textOf(list);
  server.answer = () => new Response("", { status: 401 });
  const url = parseEndpointUrl(list.url.reveal().href.replace("k3y", "n3w-k3y"), [["x-token", "another"]]);
  assert.ok(url instanceof EndpointUrl);
  const changed = { ...list, url };
  assert.equal(await store.textOf(changed), GOOD);
  assert.equal(store.stateOf(changed).successful, false);
  assert.equal(server.seen.at(-1)?.get("x-token"), "another");
});

Deno.test("createListStore() sends one request for two fetches at the same time", async () => {
  await using server = startServer();
  using _log = catchLog();
  const store = createListStore(createFakeClock());
  assert.deepEqual(await Promise.all([store.refresh(server.list), store.refresh(server.list)]), [true, true]);
  assert.equal(server.seen.length, 1);
});

Deno.test("createListStore() fetches a list again on refetch(), also during another fetch", async () => {
  await using server = startServer();
  using _log = catchLog();
  const store = createListStore(createFakeClock());
  const slow = Promise.withResolvers<void>();
  server.answer = async () => {
    await slow.promise;
    return new Response(GOOD);
  };
  const first = store.refresh(server.list);
  await server.asked;
  const second = store.refetch(server.list);
  server.answer = () => new Response(`${GOOD}${A},y\n`);
  slow.resolve();
  assert.deepEqual(await Promise.all([first, second]), [true, true]);
  assert.equal(await store.textOf(server.list), `${GOOD}${A},y\n`);
});

const BAD: Readonly<Record<string, readonly [answer: () => Response, why: RegExp]>> = {
  "an error": [() => new Response("k3y-of-the-list", { status: 503 }), /the server returned HTTP 503/],
  "a refusal": [() => new Response("", { status: 401 }), /credentials are missing or wrong/],
  "a redirect": [
    () => new Response("", { status: 302, headers: { location: "/sign-in" } }),
    /redirects are not followed/,
  ],
  "a web page": [() => new Response("<html>k3y-of-the-list</html>"), /The list is HTML or XML/],
  "an empty list": [
    () => new Response("address,label\n"),
    /it has no wallets, and had 1. If they were removed on purpose/,
  ],
  "a nest": [() => new Response(`[${"[".repeat(4000)}${"]".repeat(4000)}]`), /nested too deeply/],
  "no UTF-8": [() => new Response(new Uint8Array([0x61, 0xff])), /it is not valid UTF-8/],
  "too much": [() => new Response("x".repeat(16 * 1024 * 1024 + 1)), /it is larger than/],
};

for (const [what, [answer, why]] of Object.entries(BAD)) {
  Deno.test(`createListStore() keeps the last good list where ${what} comes`, async () => {
    await using server = startServer();
    using log = catchLog();
    const store = createListStore(createFakeClock());
    const { list } = server;
    assert.equal(await store.textOf(list), GOOD);
    server.answer = answer;
    assert.equal(await store.refresh(list), false);
    assert.equal(await store.textOf(list), GOOD);
    assert.deepEqual([store.stateOf(list).successful, store.stateOf(list).goodAt], [false, 1_700_000_000]);
    assert.match(JSON.stringify(log.lines), why);
    assert.doesNotMatch(JSON.stringify(log.lines), /k3y|t0ken/);
    server.answer = () => new Response(`${GOOD}${A},y\n`);
    assert.equal(await store.refresh(list), true);
    assert.equal(store.stateOf(list).successful, true);
    assert.equal(server.seen.at(-1)?.get("x-token"), "t0ken");
  });
}

Deno.test("createListStore() reports why there is no list at all, and does not retry by itself", async () => {
  await using server = startServer();
  using _log = catchLog();
  server.answer = () => new Response("", { status: 404 });
  const store = createListStore(createFakeClock());
  for (let time = 0; time < 2; time++) {
    const text = await store.textOf(server.list);
    assert.ok(typeof text === "object");
    assert.equal(text.message, "the server returned HTTP 404");
  }
  assert.equal(server.seen.length, 1);
});

Deno.test("createListStore() sends the ETag of its list, and keeps the list on 304", async () => {
  await using server = startServer();
  using _log = catchLog();
  server.answer = () => new Response(GOOD, { headers: { etag: '"1"' } });
  const store = createListStore(createFakeClock());
  await store.textOf(server.list);
  server.answer = () => new Response(null, { status: 304 });
  assert.equal(await store.refresh(server.list), false);
  assert.equal(server.seen.at(-1)?.get("if-none-match"), '"1"');
  assert.deepEqual([await store.textOf(server.list), store.stateOf(server.list).successful], [GOOD, true]);
});

Deno.test("refreshLists() fetches each list at its own interval, and reports changes", async () => {
  await using server = startServer();
  using _log = catchLog();
  const clock = createFakeClock();
  const store = createListStore(clock);
  const stop = new AbortController();
  const { list } = server;
  await store.textOf(list);
  let [refreshed, changed] = [0, 0];
  const reported = Promise.withResolvers<void>();
  const done = refreshLists({
    clock,
    store,
    lists: () => [list],
    onRefresh: () => void refreshed++,
    onChange: () => {
      changed++;
      reported.resolve();
      return Promise.resolve();
    },
    stop: stop.signal,
  });
  for (let second = 0; second < 59; second++) await clock.advance(1000);
  assert.equal(server.seen.length, 1);
  server.answer = () => new Response(`${GOOD}${A},y\n`);
  await clock.advance(1000);
  await reported.promise;
  assert.deepEqual([server.seen.length, refreshed, changed], [2, 1, 1]);
  stop.abort();
  await clock.advance(1000);
  await done;
});

Deno.test("createListStore() waits for no list when the program is to end, and does not complain", async () => {
  await using server = startServer();
  using log = catchLog();
  const answer = Promise.withResolvers<Response>();
  server.answer = () => answer.promise;
  const stop = new AbortController();
  const store = createListStore(createFakeClock(), { stop: stop.signal });
  const text = store.textOf(server.list);
  await server.asked;
  stop.abort();
  assert.equal(typeof await text, "object");
  assert.deepEqual(log.lines, []);
  answer.resolve(new Response(GOOD));
});

function listOf(wallets: number): string {
  const digits = (index: number): string => `${index}`.padStart(40, "0");
  return `address,label\n${Array.from({ length: wallets }, (_, index) => `0x${digits(index + 1)},w\n`).join("")}`;
}

Deno.test("U9: createListStore() keeps the wallets of a list that suddenly has fewer than half, and asks again", async () => {
  await using server = startServer();
  using log = catchLog();
  const store = createListStore(createFakeClock());
  const { list } = server;
  server.answer = () => new Response(listOf(1000));
  await store.refresh(list);
  for (const wallets of [3, 499, 0]) {
    server.answer = () => new Response(listOf(wallets));
    assert.equal(await store.refresh(list), false, `${wallets}`);
    assert.equal(await store.textOf(list), listOf(1000));
    assert.equal(store.stateOf(list).successful, false);
  }
  assert.match(JSON.stringify(log.lines), /it has only 3 wallets, and had 1000/);
  server.answer = () => new Response(listOf(500));
  assert.equal(await store.refresh(list), true);
  assert.equal(store.stateOf(list).successful, true);
});

Deno.test("U9: createListStore() accepts any list where that is allowed, at first, and from another host", async () => {
  await using server = startServer();
  using _log = catchLog();
  const { list } = server;
  server.answer = () => new Response(listOf(20));
  const allowing = createListStore(createFakeClock(), { allowShrink: true });
  const store = createListStore(createFakeClock());
  await Promise.all([store.refresh(list), allowing.refresh(list)]);
  server.answer = () => new Response(listOf(1));
  assert.equal(await allowing.refresh(list), true);
  const url = parseEndpointUrl(list.url.reveal().href.replace("127.0.0.1", "localhost"));
  assert.ok(url instanceof EndpointUrl);
  assert.equal(await store.refresh({ ...list, url }), true);
});
