import assert from "node:assert/strict";
import { keepTelling } from "../../src/systemd/keep_telling.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createManualClock, type ManualClock, settle } from "../fakes/manual_clock.ts";

interface Told {
  readonly clock: ManualClock;
  readonly messages: string[];
  readonly problems: string[];
  readonly isClosed: () => boolean;
  readonly stop: () => Promise<void>;
}

function tell(variables: Readonly<Record<string, string>>): Told {
  const clock = createManualClock();
  const messages: string[] = [];
  const problems: string[] = [];
  const controller = new AbortController();
  let closed = false;
  const done = keepTelling({
    notifier: {
      tell: (...lines) => Promise.resolve(void messages.push(lines.join("|"))),
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

Deno.test("keepTelling() says ready, feeds the watchdog at half its time, and says when it stops", async () => {
  const { clock, messages, stop, isClosed } = tell({ WATCHDOG_USEC: "20000000", WATCHDOG_PID: `${Deno.pid}` });
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

Deno.test("keepTelling() lets the watchdog bite when the watching has stalled, and says so once", async () => {
  using caught = catchLog();
  const { clock, messages, problems, stop } = tell({ WATCHDOG_USEC: "10000000" });
  await clock.advance(5_000);
  problems.push("network a: no check was begun for 900 s", "network b: the same");
  await clock.advance(30_000);
  assert.deepEqual(
    new Set(messages.slice(2)),
    new Set(["STATUS=Not healthy: network a: no check was begun for 900 s"]),
  );
  assert.equal(caught.lines.length, 1);
  problems.length = 0;
  await clock.advance(5_000);
  assert.equal(messages.at(-1), "STATUS=all is well|WATCHDOG=1");
  await stop();
});

for (
  const { name, variables } of [
    { name: "where there is none", variables: {} },
    { name: "of another process", variables: { WATCHDOG_USEC: "10000000", WATCHDOG_PID: "1" } },
    { name: "of no time", variables: { WATCHDOG_USEC: "0" } },
    { name: "of a time that is none", variables: { WATCHDOG_USEC: "10s" } },
  ]
) {
  Deno.test(`keepTelling() feeds no watchdog ${name}, and renews the status`, async () => {
    const { clock, messages, stop } = tell(variables);
    await clock.advance(15_000);
    assert.deepEqual(messages, ["READY=1|STATUS=all is well", "STATUS=all is well"]);
    await stop();
  });
}
