import assert from "node:assert/strict";
import { systemClock } from "../../src/clock.ts";
import { watchFiles } from "../../src/config/watch_files.ts";

async function changesOf(act: (file: string) => Promise<void>): Promise<number> {
  // What the path says does not count for what is there.
  const folder = await Deno.makeTempDir({ prefix: "gone" });
  const file = `${folder}/config`;
  await Deno.writeTextFile(file, "one");
  const stop = new AbortController();
  let changes = 0;
  const watching = watchFiles({
    // Five times as quick, with the files' real times.
    clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 5, signal) },
    files: () => [file, `${file}.secret`],
    onChange() {
      changes++;
      return Promise.resolve();
    },
    stop: stop.signal,
  });
  await systemClock.sleep(120);
  await act(file);
  await systemClock.sleep(400);
  stop.abort();
  await watching;
  await Deno.remove(folder, { recursive: true });
  return changes;
}

Deno.test("watchFiles() tells of a file that was written to, replaced, or came back changed, once each", async () => {
  assert.equal(await changesOf((file) => Deno.writeTextFile(file, "two, longer")), 1);
  assert.equal(
    await changesOf(async (file) => {
      await Deno.writeTextFile(`${file}.new`, "two");
      await Deno.rename(`${file}.new`, file);
    }),
    1,
  );
  assert.equal(
    await changesOf(async (file) => {
      await Deno.remove(file);
      await systemClock.sleep(200);
      await Deno.writeTextFile(file, "three");
    }),
    1,
  );
});

Deno.test("watchFiles() tells of nothing while nothing changes, or a file is gone", async () => {
  assert.equal(await changesOf(() => Promise.resolve()), 0);
  assert.equal(await changesOf((file) => Deno.remove(file)), 0);
});

Deno.test("watchFiles() waits until a file that is being written is left alone", async () => {
  const changes = await changesOf(async (file) => {
    for (let part = 0; part < 8; part++) {
      await Deno.writeTextFile(file, "x".repeat(part + 2));
      await systemClock.sleep(30);
    }
  });
  assert.equal(changes, 1);
});

Deno.test("watchFiles() tells of a second file that comes or goes, which the first may not need any more", async () => {
  assert.equal(await changesOf((file) => Deno.writeTextFile(`${file}.secret`, "s3cret")), 1);
  const both = await changesOf(async (file) => {
    await Deno.writeTextFile(`${file}.secret`, "s3cret");
    await systemClock.sleep(200);
    await Deno.remove(`${file}.secret`);
    await Deno.writeTextFile(file, "without it");
  });
  assert.equal(both, 2);
});
