import assert from "node:assert/strict";
import { keepGuarding, readGuarding } from "../../src/cli/web_guarding.ts";
import { EXIT, ExitError } from "../../src/util/errors.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createStepClock } from "../fakes/step_clock.ts";

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
  const clock = createStepClock();
  const kept = keepGuarding(
    {
      file,
      clock,
      guard: {
        handler: () => new Response(),
        guard: ({ headers }) => void done.push(`guard ${headers["X-Frame-Options"]}`),
      },
      server: {
        urls: ["https://localhost:1"],
        problems: () => [],
        renew(tls) {
          done.push(`renew ${tls?.cert}`);
          if (tls?.cert === "bad") throw new ExitError(EXIT.refused, "no such key");
        },
        stop: () => Promise.resolve(),
      },
      stop: stop.signal,
    },
    await readGuarding(file, read),
    read,
  );
  const change = async (write: Promise<void>): Promise<void> => {
    await write;
    // Seen, and seen again as it was: then it is read.
    await clock.step(2);
  };
  await change(write("second", "one"));
  await change(write("third", "two"));
  await change(write("fourth", "bad"));
  for (const bad of ["basic_auth_users: 7", ""]) await change(Deno.writeTextFile(file, bad));
  await change(write("fifth", "two"));
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
