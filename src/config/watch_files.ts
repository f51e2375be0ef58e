import type { Clock } from "../clock.ts";

/** What {@linkcode watchFiles} takes. */
export interface FileWatchOptions {
  readonly clock: Clock;
  /** Which files, the most important first: while that is gone, nothing is told. Asked for each time. */
  readonly files: () => readonly string[];
  /** Called when they are others than before, and have been so for a while. */
  readonly onChange: () => Promise<void>;
  /** Ends the watching. */
  readonly stop: AbortSignal;
}

/** How often files are looked at, in milliseconds. */
const PAUSE = 250;

/**
 * Looks at files until stopped, and tells of changes. Links are followed, since
 * Kubernetes changes a mounted file by another target of a link. A file that is
 * half written, or gone for a moment, is waited for.
 *
 * @param options see {@linkcode FileWatchOptions}
 */
export async function watchFiles({ clock, files, onChange, stop }: FileWatchOptions): Promise<void> {
  let known = await look(files());
  let last = known;
  for (;;) {
    await clock.sleep(PAUSE, stop);
    if (stop.aborted) return;
    const seen = await look(files());
    // Only what was the same twice is whole.
    const isSettled = seen === last && !seen.startsWith(GONE);
    last = seen;
    if (!isSettled || seen === known) continue;
    await onChange();
    // It may be made of other files now.
    known = await look(files());
    last = known;
  }
}

/** What stands for a file that is not there. */
const GONE = "gone";

/** A text that differs when a file is another one, or was written to. */
async function look(files: readonly string[]): Promise<string> {
  const seen = await Promise.all(files.map(async (file) => {
    try {
      const { dev, ino, size, mtime, ctime } = await Deno.stat(file);
      return [dev, ino, size, mtime?.getTime(), ctime?.getTime(), file].join(" ");
    } catch {
      return `${GONE} ${file}`;
    }
  }));
  return seen.join("\n");
}
