import assert from "node:assert/strict";
import { systemClock } from "../../src/clock.ts";
import { stampOf } from "../../src/config/file_stamp.ts";
import { type Stamps, watchFiles } from "../../src/config/watch_files.ts";

async function changesOf(
  act: (file: string) => Promise<void>,
  during: (file: string) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  // What the path says does not count for what is there.
  const folder = await Deno.makeTempDir({ prefix: "gone" });
  const file = `${folder}/config`;
  await Deno.writeTextFile(file, "one");
  const files = [file, `${file}.secret`];
  const look = async (): Promise<Stamps> =>
    new Map(await Promise.all(files.map(async (path) => [path, await stampOf(path)] as const)));
  let inUse = await look();
  const stop = new AbortController();
  let changes = 0;
  const watching = watchFiles({
    // Five times as quick, with the files' real times.
    clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 5, signal) },
    main: file,
    files: () => inUse,
    async onChange() {
      changes++;
      inUse = await look();
      await during(file);
      return inUse;
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

Deno.test("watchFiles() tells of what changes while a change is being told, and of each change once", async () => {
  let time = 0;
  const changes = await changesOf(
    (file) => Deno.writeTextFile(file, "second"),
    async (file) => {
      if (time++ === 0) await Deno.writeTextFile(file, "the third");
    },
  );
  assert.equal(changes, 2);
});

Deno.test("watchFiles() tells of a change though another file is being written all the time", async () => {
  let isTold = false;
  let isToldMeanwhile = false;
  await changesOf(
    async (file) => {
      await Deno.writeTextFile(file, "second");
      // For as long as it takes; that it is told at all is what counts.
      for (let turn = 0; !isTold && turn < 1000; turn++) {
        await Deno.writeTextFile(`${file}.secret`, "x".repeat(turn));
        await systemClock.sleep(20);
      }
      isToldMeanwhile = isTold;
    },
    () => Promise.resolve(void (isTold = true)),
  );
  assert.ok(isToldMeanwhile);
});

Deno.test("watchFiles() watches a file that only a refused change names", async () => {
  const folder = await Deno.makeTempDir();
  const [main, list] = [`${folder}/config`, `${folder}/list`];
  await Deno.writeTextFile(main, "one");
  const first: Stamps = new Map([[main, await stampOf(main)]]);
  const stop = new AbortController();
  let changes = 0;
  const watching = watchFiles({
    clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 5, signal) },
    main,
    files: () => first,
    async onChange() {
      changes++;
      return new Map([[main, await stampOf(main)], [list, await stampOf(list)]]);
    },
    stop: stop.signal,
  });
  await Deno.writeTextFile(main, "it names the list");
  await systemClock.sleep(400);
  assert.equal(changes, 1, "what was refused is told once");
  await Deno.writeTextFile(list, "now it is there");
  await systemClock.sleep(400);
  assert.equal(changes, 2);
  stop.abort();
  await watching;
  await Deno.remove(folder, { recursive: true });
});
