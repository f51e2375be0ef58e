import assert from "node:assert/strict";
import { watchRefusedFile } from "../../src/cli/refused_file.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";

Deno.test("U10: watchRefusedFile() reports a refusal and its lines while the file exists", async () => {
  using log = catchLog();
  const clock = createFakeClock();
  const folder = await Deno.makeTempDir();
  const file = `${folder}/refused`;
  const stop = new AbortController();
  const seen: boolean[] = [];
  let next = Promise.withResolvers<void>();
  const onChange = (isRefused: boolean): void => {
    seen.push(isRefused);
    next.resolve();
  };
  /** Lets the file be looked at until something is reported. */
  const change = async (): Promise<void> => {
    next = Promise.withResolvers();
    let isReported = false;
    next.promise.then(() => isReported = true);
    while (!isReported) await clock.advance(2000);
  };
  const watching = watchRefusedFile({ file, clock, onChange, stop: stop.signal });
  await clock.advance(10_000);
  assert.deepEqual(seen, []);
  await Deno.writeTextFile(file, "config:1:2: error: Unknown key networkz\n\nFAILED (1 error)\n");
  await change();
  assert.match(JSON.stringify(log.lines), /Unknown key networkz/);
  assert.match(JSON.stringify(log.lines), /Configuration reload failed/);
  await Deno.remove(file);
  await change();
  assert.deepEqual(seen, [true, false]);
  stop.abort();
  await watching;
  await Deno.remove(folder, { recursive: true });
});
