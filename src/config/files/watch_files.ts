import type { Clock } from "../../util/clock.ts";

/** Files, and what each looked like before it was read. */
export type Stamps = ReadonlyMap<string, Stamp>;

/** What {@linkcode watchFiles} takes. */
export interface FileWatchOptions {
  readonly clock: Clock;
  /** The file that nothing goes without: it may be gone for a moment, and nothing is reported meanwhile. */
  readonly main: string | undefined;
  /** The files in use, as they looked before they were read. Asked for each time. */
  readonly files: () => Stamps;
  /**
   * Called when they are others than before, and have been so for a while.
   *
   * @returns what was looked at then, used or not, as it looked before it was read
   */
  readonly onChange: () => Promise<Stamps>;
  /** Ends the watching. */
  readonly stop: AbortSignal;
}

/** How often files are checked, in milliseconds: every check wakes a process that is idle otherwise. */
export const CHECK_INTERVAL = 2000;

/** How soon they are checked again after a change, until they stay the same; in milliseconds. */
export const SETTLE_INTERVAL = 250;

/** A change is reported after this many checks, even if another file is being written all the time. */
const MAX_UNSETTLED = 20;

/** After this many checks, some 10 s, the main file is missing: the next start would fail. */
const MAX_GONE = 6;

/**
 * Looks at files until stopped, and tells of changes. Links are followed, since
 * Kubernetes changes a mounted file by another target of a link. A file that is
 * half written, or gone for a moment, is waited for; what changes while a change
 * is being told is told afterwards.
 *
 * @param options see {@linkcode FileWatchOptions}
 */
export async function watchFiles({ clock, main, files, onChange, stop }: FileWatchOptions): Promise<void> {
  /** What was last told, of files in use or not: it is not told again. */
  let told: Stamps = new Map();
  let last: Stamps = new Map();
  let unsettled = 0;
  let gone = 0;
  for (;;) {
    await clock.sleep(unsettled === 0 ? CHECK_INTERVAL : SETTLE_INTERVAL, stop);
    if (stop.aborted) return;
    const known = new Map([...files(), ...told]);
    const seen = await lookAt(known.keys());
    const changed = [...seen].filter(([path, stamp]) => stamp !== known.get(path));
    const isSettled = changed.every(([path, stamp]) => stamp === last.get(path));
    last = seen;
    gone = main !== undefined && seen.get(main) === GONE ? gone + 1 : 0;
    if (changed.length === 0 || gone > 0 && gone < MAX_GONE) {
      unsettled = 0;
      continue;
    }
    // Only what was the same twice is whole.
    if (!isSettled && ++unsettled < MAX_UNSETTLED) continue;
    unsettled = 0;
    const looked = await onChange();
    const inUse = files();
    told = new Map([...seen, ...looked].filter(([path]) => inUse.has(path) || looked.has(path)));
  }
}

async function lookAt(paths: Iterable<string>): Promise<Stamps> {
  return new Map(await Promise.all([...paths].map(async (path) => [path, await stampOf(path)] as const)));
}

/** What a file looked like at one moment: another text when it is another file, or was written to. */
export type Stamp = string;

/** The stamp of a file that is not there, or cannot be looked at. */
export const GONE: Stamp = "gone";

/**
 * Looks at a file without reading it. Links are followed.
 *
 * @param path where it is
 */
export async function stampOf(path: string): Promise<Stamp> {
  try {
    const { dev, ino, size, mtime, ctime } = await Deno.stat(path);
    return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch {
    return GONE;
  }
}
