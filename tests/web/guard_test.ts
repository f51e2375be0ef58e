import assert from "node:assert/strict";
import { hash } from "bcryptjs";
import { createGuard, type Guarding } from "../../src/web/guard.ts";
import { createManualClock } from "../fakes/manual_clock.ts";
import { systemClock } from "../../src/clock.ts";

const OPEN: Guarding = { users: new Map(), headers: {} };

function info(completed: Promise<void> = Promise.resolve()): Deno.ServeHandlerInfo {
  return { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 }, completed };
}

function requestOf(path: string, authorization?: string): Request {
  return new Request(`http://h${path}`, { headers: authorization === undefined ? {} : { authorization } });
}

const basic = (text: string): string => `Basic ${btoa(text)}`;

async function guarded(): Promise<Guarding> {
  return { users: new Map([["ann", await hash("right", 4)], ["bob", await hash("other", 4)]]), headers: {} };
}

const handler = (): Response => new Response("page");

Deno.test("createGuard() lets everybody in where there are no users", async () => {
  const guard = createGuard({ clock: systemClock, mostAtOnce: 40, handler }, OPEN);
  assert.equal((await guard.handler(requestOf("/metrics"), info())).status, 200);
});

Deno.test("createGuard() lets in who has the right password, and to pages about health all", async () => {
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  const guard = createGuard({ clock, mostAtOnce: 0, handler }, await guarded());
  for (const good of ["ann:right", "bob:other", "ann:right"]) {
    assert.equal((await guard.handler(requestOf("/metrics", basic(good)), info())).status, 200, good);
  }
  for (const path of ["/-/healthy", "/healthz", "/-/ready", "/readyz"]) {
    assert.equal((await guard.handler(requestOf(path), info())).status, 200, path);
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
  const answers = await Promise.all(
    wrong.map(async (authorization) => (await guard.handler(requestOf("/metrics", authorization), info())).status),
  );
  assert.deepEqual(answers, wrong.map(() => 401));
  const refused = await guard.handler(requestOf("/"), info());
  assert.match(refused.headers.get("www-authenticate") ?? "", /^Basic realm=/);
});

Deno.test("createGuard() guards in another way when it is told to", async () => {
  const guard = createGuard({ clock: systemClock, mostAtOnce: 40, handler }, OPEN);
  guard.guard({ ...await guarded(), headers: { "X-Frame-Options": "deny" } });
  const refused = await guard.handler(requestOf("/metrics"), info());
  assert.deepEqual([refused.status, refused.headers.get("x-frame-options")], [401, "deny"]);
  guard.guard(OPEN);
  assert.equal((await guard.handler(requestOf("/metrics"), info())).status, 200);
});

Deno.test("createGuard() judges no more than some passwords at once, and makes those wait who guess", async () => {
  let waited = 0;
  // Nobody who guesses is answered before the last have been turned away.
  const full = Promise.withResolvers<void>();
  const clock = { ...systemClock, sleep: (ms: number) => full.promise.then(() => void (waited += ms)) };
  const guard = createGuard({ clock, mostAtOnce: 0, handler }, await guarded());
  let turnedAway = 0;
  const asked = Array.from({ length: 23 }, async (_, index) => {
    const { status } = await guard.handler(requestOf("/", basic(`ann:${index}`)), info());
    if (status === 503 && ++turnedAway === 3) full.resolve();
    return status;
  });
  const statuses = await Promise.all(asked);
  assert.equal(statuses.filter((status) => status === 503).length, 3);
  assert.ok(waited >= 20 * 400);
});

Deno.test("createGuard() answers 503 to more than so many at once, until they have ended or taken too long", async () => {
  const clock = createManualClock();
  const guard = createGuard({ clock, mostAtOnce: 2, handler }, OPEN);
  const first = Promise.withResolvers<void>();
  const never = new Promise<void>(() => {});
  const ask = async (completed: Promise<void>, path = "/metrics"): Promise<number> =>
    (await guard.handler(requestOf(path), info(completed))).status;
  assert.deepEqual([await ask(first.promise), await ask(never), await ask(never)], [200, 200, 503]);
  assert.equal(await ask(never, "/-/healthy"), 200);
  first.reject(new Error("the client went away"));
  await clock.advance(1);
  assert.deepEqual([await ask(never), await ask(never)], [200, 503]);
  await clock.advance(30_000);
  assert.equal(await ask(Promise.resolve()), 200);
});

Deno.test("createGuard() gives those who guess no place that those who may read need", async () => {
  const clock = { ...systemClock, sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 30)) };
  const guard = createGuard({ clock, mostAtOnce: 2, handler }, await guarded());
  assert.equal((await guard.handler(requestOf("/metrics", basic("ann:right")), info())).status, 200);
  const guesses = Array.from(
    { length: 10 },
    (_, index) => guard.handler(requestOf("/metrics", basic(`ann:${index}`)), info()),
  );
  assert.equal((await guard.handler(requestOf("/metrics", basic("ann:right")), info())).status, 200);
  assert.ok((await Promise.all(guesses)).every(({ status }) => status === 401));
});
