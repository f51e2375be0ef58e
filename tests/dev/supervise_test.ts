import assert from "node:assert/strict";
import type { Exporter } from "../../dev/exporter.ts";
import { supervise } from "../../dev/supervise.ts";

/** An exporter that does what the test says. */
interface Fake {
  readonly serve: () => void;
  readonly exit: (code: number) => void;
}

/** Runs `supervise()` with fakes; `steps` are done one for each exporter that starts. */
async function supervised(
  steps: readonly ((fake: Fake, end: () => void, change: (path: string) => void) => void)[],
  onReport: (change: (path: string) => void) => void = () => {},
): Promise<{ readonly code: number; readonly events: readonly string[] }> {
  const events: string[] = [];
  const ending = new AbortController();
  let changed = Promise.withResolvers<string>();
  let started = 0;
  function start(): Exporter {
    events.push("start");
    const served = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<number>();
    const fake = { serve: served.resolve, exit: exited.resolve };
    steps[started++]?.(fake, () => ending.abort(), (path) => changed.resolve(path));
    return {
      served: served.promise,
      exited: exited.promise,
      stop: () => {
        events.push("stop");
        return Promise.resolve();
      },
    };
  }
  const code = await supervise({
    start,
    nextChange: async () => {
      const path = await changed.promise;
      changed = Promise.withResolvers();
      return path;
    },
    onServed: () => events.push("served"),
    report(line): void {
      events.push(line);
      onReport((path) => changed.resolve(path));
    },
    signal: ending.signal,
  });
  return { code, events };
}

Deno.test("supervise() returns the exporter's exit code if it never served", async () => {
  const { code, events } = await supervised([(fake) => fake.exit(70)]);
  assert.equal(code, 70);
  assert.deepEqual(events, [
    "start",
    "the exporter exited with code 70 before it was ready",
    "stop",
  ]);
});

Deno.test("supervise() fails if the exporter exited with 0 before it served", async () => {
  assert.equal((await supervised([(fake) => fake.exit(0)])).code, 1);
});

Deno.test("supervise() restarts the exporter after a change, and returns 0 on Ctrl-C", async () => {
  const { code, events } = await supervised([
    (fake, _end, change) => {
      fake.serve();
      setTimeout(() => change("src/app.ts"), 1);
    },
    (fake, end) => {
      fake.serve();
      setTimeout(end, 1);
    },
  ]);
  assert.equal(code, 0);
  assert.deepEqual(events, [
    "start",
    "served",
    "src/app.ts changed, restarting the exporter",
    "stop",
    "start",
    "stop",
  ]);
});

Deno.test("supervise() waits for a change if the exporter exits after it has served", async () => {
  let reports = 0;
  const { code, events } = await supervised(
    [
      (fake) => {
        fake.serve();
        setTimeout(() => fake.exit(1), 1);
      },
      (_fake, end) => setTimeout(end, 1),
    ],
    // The first report is that the exporter ended.
    (change) => reports++ === 0 && change("main.ts"),
  );
  assert.equal(code, 0);
  assert.deepEqual(events, [
    "start",
    "served",
    "the exporter exited with code 1; waiting for a change to restart it",
    "main.ts changed, restarting the exporter",
    "stop",
    "start",
    "stop",
  ]);
});

Deno.test("supervise() reports nothing if Ctrl-C ends the exporter first", async () => {
  const { code, events } = await supervised([(fake, end) => {
    fake.exit(130);
    setTimeout(end, 1);
  }]);
  assert.equal(code, 0);
  assert.deepEqual(events, ["start", "stop"]);
});
