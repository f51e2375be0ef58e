import assert from "node:assert/strict";
import { type AddressGuard, createAddressGuard } from "../../src/http/address_guard.ts";

const { signal } = new AbortController();

interface World {
  readonly guard: AddressGuard;
  readonly asked: string[];
  time: number;
  names: Record<string, readonly string[] | Error | Promise<readonly string[]>>;
}

function makeWorld(names: World["names"], env: Readonly<Record<string, string>> = {}): World {
  const asked: string[] = [];
  const world: World = {
    asked,
    time: 0,
    names,
    guard: createAddressGuard({
      async lookup(hostname) {
        asked.push(hostname);
        const answer = await world.names[hostname];
        if (answer === undefined || answer instanceof Error) throw answer ?? failure("ENOTFOUND");
        return answer;
      },
      now: () => world.time,
      env: (name) => env[name],
    }),
  };
  return world;
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

async function check({ guard }: World, href: string): Promise<string> {
  try {
    await guard.check(href, signal);
    return "allowed";
  } catch (error) {
    assert.ok(error instanceof Error && "reason" in error, String(error));
    return `${error.reason}`;
  }
}

Deno.test("SE1: createAddressGuard() denies a name if any of its addresses is denied, and does not resolve addresses", async () => {
  const world = makeWorld({
    "good.test": ["10.1.2.3", "2001:db8::1"],
    "one.test": ["10.1.2.3", "169.254.169.254"],
    "mapped.test": ["::ffff:169.254.169.254"],
    "nat64.test": ["64:ff9b::a9fe:a9fe"],
    "google.test": ["fd20:ce::254"],
  });
  assert.equal(await check(world, "https://good.test/key"), "allowed");
  for (const name of ["one", "mapped", "nat64", "google"]) {
    assert.equal(await check(world, `http://${name}.test:8545/`), "denied", name);
  }
  assert.equal(world.asked.length, 5);
  for (
    const host of ["169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::23]", "2852039166", "0xa9.0376.43518"]
  ) {
    assert.equal(await check(world, `http://${host}/`), "denied", host);
  }
  for (const host of ["127.0.0.1", "[::1]"]) assert.equal(world.guard.check(`http://${host}/`, signal), undefined);
  assert.equal(world.asked.length, 5);
});

Deno.test("SE1: createAddressGuard() resolves a name once in 30 s, and once for concurrent requests", async () => {
  const world = makeWorld({ "a.test": ["10.0.0.1"] });
  await Promise.all(Array.from({ length: 16 }, () => check(world, "http://a.test/")));
  assert.equal(world.guard.check("http://a.test/", signal), undefined, "what is known is waited for");
  assert.equal(world.asked.length, 1);
  world.names["a.test"] = ["169.254.169.254"];
  world.time = 29_999;
  assert.equal(await check(world, "http://a.test/"), "allowed");
  world.time = 30_000;
  assert.equal(await check(world, "http://a.test/"), "denied");
  assert.equal(await check(world, "http://a.test/"), "denied");
  world.names["a.test"] = ["10.0.0.1"];
  world.time = 60_000;
  assert.equal(await check(world, "http://a.test/"), "allowed");
  assert.equal(world.asked.length, 3);
});

Deno.test("A2, SE1: createAddressGuard() rejects a name that is not resolved, and does not cache that", async () => {
  const world = makeWorld({ "a.test": failure("EAI_AGAIN"), "denied.test": failure("EPERM") });
  assert.equal(await check(world, "http://a.test/"), "dns");
  assert.equal(await check(world, "http://unknown.test/"), "dns");
  world.names["a.test"] = ["10.0.0.1"];
  assert.equal(await check(world, "http://a.test/"), "allowed");
  world.names["a.test"] = failure("EAI_AGAIN");
  world.time = 30_000;
  assert.equal(await check(world, "http://a.test/"), "allowed", "an open connection is given up while DNS is down");
  world.names["a.test"] = ["169.254.169.254"];
  world.time = 60_000;
  assert.equal(await check(world, "http://a.test/"), "denied");
  world.names["a.test"] = failure("EAI_AGAIN");
  world.time = 90_000;
  assert.equal(await check(world, "http://a.test/"), "dns");
  assert.equal(await check(world, "http://denied.test/"), "allowed", "the runtime says what its permissions deny");
});

Deno.test("SE1: createAddressGuard() waits for the resolver until the deadline", async () => {
  const world = makeWorld({ "slow.test": Promise.withResolvers<readonly string[]>().promise });
  const deadline = new AbortController();
  const waiting = world.guard.check("http://slow.test/", deadline.signal);
  deadline.abort();
  await assert.rejects(waiting ?? Promise.resolve(), { reason: "timeout", message: /was not resolved within/ });
  await assert.rejects(async () => await world.guard.check("http://slow.test/", deadline.signal), {
    reason: "timeout",
  });
});

Deno.test("SE1: createAddressGuard() checks the proxy, which resolves the name itself", async () => {
  const names = { "proxy.test": ["::ffff:169.254.169.254"], "good.test": ["10.0.0.1"], "node.test": ["10.0.0.2"] };
  const cases: readonly (readonly [env: Readonly<Record<string, string>>, href: string, result: string])[] = [
    [{ HTTP_PROXY: "http://proxy.test:3128" }, "http://node.test/", "denied"],
    [{ http_proxy: "proxy.test:3128" }, "http://node.test/", "denied"],
    [{ ALL_PROXY: "socks5://user:pass@proxy.test" }, "https://node.test/", "denied"],
    [{ HTTPS_PROXY: "http://[::ffff:169.254.169.254]:80" }, "https://node.test/", "denied"],
    [{ HTTP_PROXY: "http://unknown.test" }, "http://node.test/", "proxy"],
    [{ HTTP_PROXY: "http://good.test:3128" }, "http://of-the-proxy.test/", "allowed"],
    [{ HTTP_PROXY: "http://proxy.test", NO_PROXY: "node.test" }, "http://node.test/", "allowed"],
    [{ HTTPS_PROXY: "http://proxy.test" }, "http://node.test/", "allowed"],
  ];
  for (const [env, href, result] of cases) {
    assert.equal(await check(makeWorld(names, env), href), result, JSON.stringify(env));
  }
  const world = makeWorld(names, { HTTP_PROXY: "http://proxy.test" });
  await world.guard.checkHost("good.test", signal);
});
