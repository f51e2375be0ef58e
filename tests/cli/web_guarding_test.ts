import assert from "node:assert/strict";
import { keepGuarding, readGuarding } from "../../src/cli/web_guarding.ts";
import { systemClock } from "../../src/clock.ts";
import { EXIT, ExitError } from "../../src/errors.ts";
import { catchLog } from "../fakes/log_lines.ts";

Deno.test("keepGuarding() takes over what changes, a certificate first, and keeps what it has where that fails", async () => {
  using log = catchLog();
  const folder = await Deno.makeTempDir();
  const file = `${folder}/web.yml`;
  const write = (header: string, cert: string): Promise<void> =>
    Deno.writeTextFile(
      file,
      `http_server_config: { headers: { X-Frame-Options: ${header} } }\ntls_server_config: { cert: ${cert}, key: k }\n`,
    );
  await write("first", "one");
  const done: string[] = [];
  const read = new Map<string, string>();
  const stop = new AbortController();
  const told = (count: number): Promise<void> =>
    (async () => {
      for (const end = performance.now() + 5000; done.length < count;) {
        assert.ok(performance.now() < end, done.join());
        await systemClock.sleep(20);
      }
    })();
  const kept = keepGuarding(
    {
      file,
      clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 10, signal) },
      guard: {
        handler: () => new Response(),
        guard: ({ headers }) => void done.push(`guard ${headers["X-Frame-Options"]}`),
      },
      server: {
        url: "https://localhost:1",
        renew(tls) {
          done.push(`renew ${tls?.cert}`);
          return tls?.cert === "bad" ? Promise.reject(new ExitError(EXIT.refused, "no such key")) : Promise.resolve();
        },
        stop: () => Promise.resolve(),
      },
      stop: stop.signal,
    },
    await readGuarding(file, read),
    read,
  );
  await systemClock.sleep(100);
  await write("second", "one");
  await told(1);
  await write("third", "two");
  await told(3);
  await write("fourth", "bad");
  await told(4);
  for (const bad of ["basic_auth_users: 7", ""]) {
    await Deno.writeTextFile(file, bad);
    await systemClock.sleep(200);
  }
  await write("fifth", "two");
  await told(5);
  stop.abort();
  await kept;
  assert.deepEqual(done, ["guard second", "renew two", "guard third", "renew bad", "guard fifth"]);
  const refused = log.lines.filter(({ msg }) => msg === "The web configuration cannot be used");
  assert.deepEqual(refused.map(({ problem }) => problem), [
    "no such key",
    "Must be an object, found a number",
    "it would take away the passwords or TLS that are in use. Restart the exporter if that is meant",
  ]);
  await Deno.remove(folder, { recursive: true });
});
