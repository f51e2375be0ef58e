import assert from "node:assert/strict";
import { hash } from "bcryptjs";
import type { Exchange } from "../../src/server/connection.ts";
import { type AccessPolicy, createGuard, type Guard } from "../../src/server/guard.ts";
import { fakeConnection } from "../fakes/fake_connection.ts";
import { createFakeClock, type FakeClock, settle } from "../fakes/fake_clock.ts";

const OPEN: AccessPolicy = { users: new Map(), headers: {} };

function requestOf(path: string, authorization?: string): Request {
  return new Request(`http://h${path}`, { headers: authorization === undefined ? {} : { authorization } });
}

const basic = (text: string): string => `Basic ${btoa(text)}`;

async function guarded(): Promise<AccessPolicy> {
  return { users: new Map([["ann", await hash("right", 4)], ["bob", await hash("other", 4)]]), headers: {} };
}

const handler = (): Response => new Response("page");

interface Scene {
  readonly clock: FakeClock;
  readonly guard: Guard;
  /** Asks from an address, on a connection of its own, and lets time pass until there is an answer. */
  readonly ask: (path: string, authorization?: string, client?: string) => Promise<Response>;
  readonly statusOf: (authorization: string | undefined, client?: string) => Promise<number>;
}

function scene(guarding: AccessPolicy, { maxRequests = 40, perClient = true } = {}): Scene {
  const clock = createFakeClock();
  const guard = createGuard({ clock, maxRequests, perClient, handler }, guarding);
  async function ask(path: string, authorization?: string, client?: string): Promise<Response> {
    const exchange = fakeConnection(clock, client).begin();
    const response = await inTime(clock, guard.handler(requestOf(path, authorization), exchange));
    exchange.end();
    return response;
  }
  return {
    clock,
    guard,
    ask,
    statusOf: async (authorization, client) => (await ask("/metrics", authorization, client)).status,
  };
}

/** Lets time pass until something has come. */
async function inTime<T>(clock: FakeClock, coming: T | Promise<T>, step = 100): Promise<T> {
  let isThere = false;
  const settled = Promise.resolve(coming).finally(() => isThere = true);
  await settle();
  while (!isThere) await clock.advance(step);
  return await settled;
}

Deno.test("createGuard() exempts the health endpoints below the prefix, and no others", async () => {
  const clock = createFakeClock();
  const routePrefix = "/a";
  const guard = createGuard({ clock, maxRequests: 40, perClient: true, routePrefix, handler }, await guarded());
  const statusOf = async (path: string): Promise<number> =>
    (await guard.handler(requestOf(path), fakeConnection(clock).begin())).status;
  for (const path of ["/a/-/healthy", "/a/healthz", "/a/-/ready", "/a/readyz"]) assert.equal(await statusOf(path), 200);
  for (const path of ["/-/healthy", "/a", "/a/", "/", "/a/a/-/healthy"]) assert.equal(await statusOf(path), 401, path);
});

Deno.test("createGuard() accepts all requests without users", async () => {
  assert.equal(await scene(OPEN).statusOf(undefined), 200);
});

Deno.test("createGuard() requires the right password, except for health endpoints", async () => {
  const { ask, statusOf } = scene(await guarded(), { maxRequests: 0 });
  for (const good of ["ann:right", "bob:other", "ann:right"]) assert.equal(await statusOf(basic(good)), 200, good);
  for (const path of ["/-/healthy", "/healthz", "/-/ready", "/readyz"]) {
    assert.equal((await ask(path)).status, 200, path);
  }
  const wrong = [
    undefined,
    "",
    "Bearer x",
    "Basic ???",
    basic("ann"),
    basic("ann:wrong"),
    basic("eve:right"),
    basic("ann:other"),
    basic(":"),
    `Basic ${"QQ".repeat(1000)}`,
  ];
  for (const authorization of wrong) assert.equal(await statusOf(authorization), 401, authorization);
  assert.equal((await ask("/-/reload")).status, 401);
  assert.match((await ask("/")).headers.get("www-authenticate") ?? "", /^Basic realm=/);
});

Deno.test("createGuard() applies another policy", async () => {
  const { guard, ask, statusOf } = scene(OPEN);
  guard.apply({ ...await guarded(), headers: { "X-Frame-Options": "deny" } });
  const refused = await ask("/metrics");
  assert.deepEqual([refused.status, refused.headers.get("x-frame-options")], [401, "deny"]);
  guard.apply(OPEN);
  assert.equal(await statusOf(undefined), 200);
});

Deno.test("createGuard() skips the check of verified users while their hash is unchanged, even after a reload", async () => {
  const { clock, guard, statusOf } = scene(await guarded());
  const first = await guarded();
  guard.apply(first);
  assert.equal(await statusOf(basic("ann:right")), 200);
  guard.apply({ users: new Map([...first.users, ["eve", first.users.get("bob") ?? ""]]), headers: { a: "b" } });
  // Whoever must be checked waits behind this one, which is never answered: the clock does not go on.
  const guess = guard.handler(requestOf("/", basic("ann:wrong")), fakeConnection(clock).begin());
  await settle();
  const known = await guard.handler(requestOf("/", basic("ann:right")), fakeConnection(clock).begin());
  assert.equal(known.status, 200);
  assert.equal((await inTime(clock, guess)).status, 401);
  guard.apply({ users: new Map([["ann", first.users.get("bob") ?? ""]]), headers: {} });
  assert.equal(await statusOf(basic("ann:right")), 401);
  assert.equal(await statusOf(basic("ann:other")), 200);
});

Deno.test("createGuard() checks new users while others guess from elsewhere, and rejects most of those", async () => {
  const { clock, guard } = scene(await guarded());
  const ask = (text: string, client: string): Promise<number> =>
    Promise.resolve(guard.handler(requestOf("/", basic(text)), fakeConnection(clock, client).begin()))
      .then(({ status }) => status);
  const guesses = Array.from({ length: 100 }, (_, index) => ask(`u${index}:${index}`, "198.51.100.1"));
  let answered = 0;
  for (const guess of guesses) guess.then((status) => answered += status === 401 ? 1 : 0);
  assert.equal(await inTime(clock, ask("ann:right", "192.0.2.1"), 1), 200);
  assert.ok(answered <= 1, `it waited for ${answered} guesses`);
  const statuses = await inTime(clock, Promise.all(guesses));
  assert.equal(statuses.filter((status) => status === 503).length, 79);
  assert.equal(statuses.filter((status) => status === 401).length, 21);
});

Deno.test("createGuard() delays users behind a load balancer only for guesses of the same user", async () => {
  const { clock, guard } = scene(await guarded(), { perClient: false });
  const ask = (text: string): Promise<Response> =>
    Promise.resolve(guard.handler(requestOf("/", basic(text)), fakeConnection(clock).begin()));
  const guess = ask("eve:1");
  await settle();
  assert.equal((await inTime(clock, ask("ann:right"))).status, 200);
  assert.equal((await inTime(clock, guess)).status, 401);
});

Deno.test("createGuard() returns 503 above the maximum of concurrent requests", async () => {
  const clock = createFakeClock();
  const guard = createGuard({ clock, maxRequests: 2, perClient: false, handler }, OPEN);
  const begin = (): Exchange => fakeConnection(clock).begin();
  const ask = async (exchange: Exchange, path = "/metrics"): Promise<number> =>
    (await guard.handler(requestOf(path), exchange)).status;
  const first = begin();
  assert.deepEqual([await ask(first), await ask(begin()), await ask(begin())], [200, 200, 503]);
  assert.equal(await ask(begin(), "/-/healthy"), 200);
  first.end();
  await first.ended;
  assert.deepEqual([await ask(begin()), await ask(begin())], [200, 503]);
});

Deno.test("createGuard() allots no slot to requests without the right password", async () => {
  const { clock, guard, statusOf } = scene(await guarded(), { maxRequests: 2 });
  assert.equal(await statusOf(basic("ann:right")), 200);
  const guesses = Array.from(
    { length: 10 },
    (_, index) => guard.handler(requestOf("/metrics", basic(`ann:${index}`)), fakeConnection(clock).begin()),
  );
  assert.equal(await statusOf(basic("ann:right"), "198.51.100.7"), 200);
  const answers = await inTime(clock, Promise.all(guesses));
  assert.ok(answers.every(({ status }) => status === 401));
});
