import assert from "node:assert/strict";
import { loadWebConfig, reloadWebConfigLoop } from "../../src/cli/web_config_reload.ts";
import { EXIT, ExitError } from "../../src/util/errors.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { catchLog } from "../fakes/log_lines.ts";

Deno.test("reloadWebConfigLoop() applies changes, certificates first, and keeps the previous configuration on errors", async () => {
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
  const clock = createFakeClock();
  const kept = reloadWebConfigLoop(
    {
      file,
      clock,
      guard: {
        handler: () => new Response(),
        apply: ({ headers }) => void done.push(`apply ${headers["X-Frame-Options"]}`),
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
    await loadWebConfig(file, read),
    read,
  );
  const change = async (write: Promise<void>): Promise<void> => {
    await write;
    // Read once it has not changed between two looks.
    await clock.step(2);
  };
  await change(write("second", "one"));
  await change(write("third", "two"));
  await change(write("fourth", "bad"));
  for (const bad of ["basic_auth_users: 7", ""]) await change(Deno.writeTextFile(file, bad));
  await change(write("fifth", "two"));
  stop.abort();
  await kept;
  assert.deepEqual(done, ["apply second", "renew two", "apply third", "renew bad", "apply fifth"]);
  const refused = log.lines.filter(({ msg }) => msg === "Invalid web configuration");
  assert.deepEqual(refused.map(({ problem }) => problem), [
    "no such key",
    "Must be an object, found a number",
    "The new web configuration would remove the passwords or TLS in use. Restart the exporter if this is intended",
  ]);
  await Deno.remove(folder, { recursive: true });
});
