import assert from "node:assert/strict";
import { notifyLoop, statusLine } from "../../src/systemd/notify_loop.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock, type FakeClock, settle } from "../fakes/fake_clock.ts";
import { addressOf, COIN, networkAt, watched } from "../fakes/watched.ts";

interface Service {
  readonly clock: FakeClock;
  readonly messages: string[];
  readonly problems: string[];
  readonly isClosed: () => boolean;
  readonly stop: () => Promise<void>;
}

function startService(variables: Readonly<Record<string, string>>): Service {
  const clock = createFakeClock();
  const messages: string[] = [];
  const problems: string[] = [];
  const controller = new AbortController();
  let closed = false;
  const done = notifyLoop({
    notifier: {
      notify: (...lines) => Promise.resolve(void messages.push(lines.join("|"))),
      close: () => closed = true,
    },
    clock,
    env: (name) => variables[name],
    status: () => "all\nis well",
    problems: () => problems,
    stop: controller.signal,
  });
  return {
    clock,
    messages,
    problems,
    isClosed: () => closed,
    async stop(): Promise<void> {
      controller.abort();
      await done;
    },
  };
}

Deno.test("notifyLoop() notifies READY, pings the watchdog twice per period, and notifies STOPPING", async () => {
  const { clock, messages, stop, isClosed } = startService({ WATCHDOG_USEC: "20000000", WATCHDOG_PID: `${Deno.pid}` });
  await settle();
  assert.deepEqual(messages, ["READY=1|STATUS=all is well"]);
  await clock.advance(9_999);
  assert.equal(messages.length, 1);
  await clock.advance(10_001);
  assert.deepEqual(messages.slice(1), ["STATUS=all is well|WATCHDOG=1", "STATUS=all is well|WATCHDOG=1"]);
  await stop();
  assert.equal(messages.at(-1), "STOPPING=1|STATUS=Stopping");
  assert.ok(isClosed());
});

Deno.test("notifyLoop() withholds watchdog pings while polling has stalled, and logs it once", async () => {
  using caught = catchLog();
  const { clock, messages, problems, stop } = startService({ WATCHDOG_USEC: "10000000" });
  await clock.advance(5_000);
  problems.push("network a: no poll was started for 900 s", "network b: the same");
  await clock.advance(30_000);
  assert.deepEqual(
    new Set(messages.slice(2)),
    new Set(["STATUS=Not healthy: network a: no poll was started for 900 s"]),
  );
  assert.equal(caught.lines.length, 1);
  problems.length = 0;
  await clock.advance(5_000);
  assert.equal(messages.at(-1), "STATUS=all is well|WATCHDOG=1");
  await stop();
});

for (
  const { name, variables } of [
    { name: "if there is none", variables: {} },
    { name: "of another process", variables: { WATCHDOG_USEC: "10000000", WATCHDOG_PID: "1" } },
    { name: "with a period of 0", variables: { WATCHDOG_USEC: "0" } },
    { name: "with an invalid period", variables: { WATCHDOG_USEC: "10s" } },
  ]
) {
  Deno.test(`notifyLoop() pings no watchdog ${name}, and sends the status`, async () => {
    const { clock, messages, stop } = startService(variables);
    await clock.advance(15_000);
    assert.deepEqual(messages, ["READY=1|STATUS=all is well", "STATUS=all is well"]);
    await stop();
  });
}

const wallet = (index: number): { address: string; label: string } => ({ address: addressOf(index), label: "w" });

Deno.test("statusLine() summarizes wallets, networks, balances and the last poll", () => {
  const entries = { "https://a.example/": [wallet(1), wallet(2)], "https://b.example/": [wallet(3)] };
  const { store, record } = watched(entries, { clock: createFakeClock() });
  assert.equal(statusLine(store, false), "3 wallets on 2 networks, 0 of 3 balances read; no poll yet");
  const refused = "3 wallets on 2 networks, 0 of 3 balances read; no poll yet; configuration reload FAILED";
  assert.equal(statusLine(store, true), refused);
  record(0, [COIN, "timeout"]);
  networkAt(store, 0).lastFinished = 1_700_000_000.9;
  assert.equal(
    statusLine(store, false),
    "3 wallets on 2 networks, 1 of 3 balances read; last poll 2023-11-14T22:13:20Z",
  );
});

Deno.test("statusLine() uses singular and plural", () => {
  const one = watched({ "https://a.example/": [wallet(1)] }, { clock: createFakeClock() });
  assert.equal(statusLine(one.store, false), "1 wallet on 1 network, 0 of 1 balance read; no poll yet");
  const none = watched({}, { clock: createFakeClock() });
  assert.equal(statusLine(none.store, false), "0 wallets on 0 networks, 0 of 0 balances read; no poll yet");
});
