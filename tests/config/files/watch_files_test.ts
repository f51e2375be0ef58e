import assert from "node:assert/strict";
import { stampOf, type Stamps } from "../../../src/config/files/stamps.ts";
import { CHECK_INTERVAL, SETTLE_INTERVAL, watchFiles } from "../../../src/config/files/watch_files.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";

interface Watching extends AsyncDisposable {
  readonly file: string;
  readonly secret: string;
  /** How often a change was reported. */
  readonly changes: () => number;
  /** Runs checks, one after the other, and waits until each has ended. */
  check(times?: number): Promise<void>;
  /** How long the watch waits for the next check. */
  readonly pause: () => number;
  /** Called while a change is reported. */
  during: () => Promise<void>;
}

async function watching(isUsed: (path: string) => boolean = () => true): Promise<Watching> {
  const folder = await Deno.makeTempDir({ prefix: "gone" });
  // The folder's name must not count for whether the file is there.
  const file = `${folder}/config`;
  const secret = `${file}.secret`;
  await Deno.writeTextFile(file, "one");
  const stamps = async (paths: readonly string[]): Promise<Stamps> =>
    new Map(await Promise.all(paths.map(async (path) => [path, await stampOf(path)] as const)));
  let inUse = await stamps([file, secret].filter(isUsed));
  const stop = new AbortController();
  const clock = createFakeClock();
  let changes = 0;
  const result: Watching = {
    file,
    secret,
    changes: () => changes,
    pause: () => clock.lastDelay,
    during: () => Promise.resolve(),
    check: (times = 1) => clock.step(times),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
      await Deno.remove(folder, { recursive: true });
    },
  };
  const done = watchFiles({
    clock,
    main: file,
    files: () => inUse,
    async onChange() {
      changes++;
      const looked = await stamps([file, secret]);
      if (isUsed(secret)) inUse = looked;
      await result.during();
      return looked;
    },
    stop: stop.signal,
  });
  await clock.step(0);
  return result;
}

Deno.test("watchFiles() reports a file that was written to, replaced, or came back changed, once each", async () => {
  await using watch = await watching();
  await Deno.writeTextFile(watch.file, "two, longer");
  await watch.check(5);
  assert.equal(watch.changes(), 1);
  await Deno.writeTextFile(`${watch.file}.new`, "three");
  await Deno.rename(`${watch.file}.new`, watch.file);
  await watch.check(5);
  assert.equal(watch.changes(), 2);
  await Deno.remove(watch.file);
  await watch.check(5);
  assert.equal(watch.changes(), 2, "a file that is gone is waited for");
  await Deno.writeTextFile(watch.file, "four, as long as it is");
  await watch.check(5);
  assert.equal(watch.changes(), 3);
});

Deno.test("U9: watchFiles() reports once that the main file stays away, and that it is back as it was", async () => {
  await using watch = await watching();
  await Deno.rename(watch.file, `${watch.file}.away`);
  await watch.check(5);
  assert.equal(watch.changes(), 0);
  await watch.check(20);
  assert.equal(watch.changes(), 1);
  await Deno.rename(`${watch.file}.away`, watch.file);
  await watch.check(5);
  assert.equal(watch.changes(), 2);
});

Deno.test("watchFiles() reports nothing while nothing changes, and seldom wakes the process", async () => {
  await using watch = await watching();
  for (let check = 0; check < 10; check++) {
    assert.equal(watch.pause(), CHECK_INTERVAL);
    await watch.check();
  }
  assert.equal(watch.changes(), 0);
});

Deno.test("watchFiles() waits until a file that is being written is left alone", async () => {
  await using watch = await watching();
  for (let part = 0; part < 8; part++) {
    await Deno.writeTextFile(watch.file, "x".repeat(part + 10));
    await watch.check();
    assert.equal(watch.changes(), 0);
    assert.equal(watch.pause(), SETTLE_INTERVAL);
  }
  await watch.check();
  assert.equal(watch.changes(), 1);
  assert.equal(watch.pause(), CHECK_INTERVAL);
});

Deno.test("watchFiles() reports a second file that comes or goes, which the first may not need any more", async () => {
  await using watch = await watching();
  await Deno.writeTextFile(watch.secret, "s3cret");
  await watch.check(5);
  assert.equal(watch.changes(), 1);
  await Deno.remove(watch.secret);
  await Deno.writeTextFile(watch.file, "without it");
  await watch.check(5);
  assert.equal(watch.changes(), 2);
});

Deno.test("watchFiles() reports what changes while a change is being reported, and each change once", async () => {
  await using watch = await watching();
  watch.during = async () => {
    if (watch.changes() === 1) await Deno.writeTextFile(watch.file, "the third text");
  };
  await Deno.writeTextFile(watch.file, "second");
  await watch.check(10);
  assert.equal(watch.changes(), 2);
});

Deno.test("watchFiles() reports a change even if another file is being written all the time", async () => {
  await using watch = await watching();
  await Deno.writeTextFile(watch.file, "second");
  let checks = 0;
  while (watch.changes() === 0 && checks < 100) {
    await Deno.writeTextFile(watch.secret, "x".repeat(++checks));
    await watch.check();
  }
  assert.equal(watch.changes(), 1);
});

Deno.test("watchFiles() watches a file that only a refused change names", async () => {
  await using watch = await watching((path) => path.endsWith("config"));
  await Deno.writeTextFile(watch.file, "it names the secret");
  await watch.check(5);
  assert.equal(watch.changes(), 1, "what was refused is reported once");
  await Deno.writeTextFile(watch.secret, "now it is there");
  await watch.check(5);
  assert.equal(watch.changes(), 2);
});
