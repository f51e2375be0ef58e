import type { Clock } from "../../util/clock.ts";
import { GONE, stampOf, type Stamps } from "./stamps.ts";

export interface FileWatchOptions {
  readonly clock: Clock;
  /** The main file: while it is missing for a moment, nothing is reported. */
  readonly main: string | undefined;
  /** The files in use, with their stamps; called for every check. */
  readonly files: () => Stamps;
  /**
   * Called after files changed and then stayed the same.
   *
   * @returns the files that were read, used or not, with the stamps from before they were read
   */
  readonly onChange: () => Promise<Stamps>;
  readonly stop: AbortSignal;
}

/** Time between checks, in milliseconds: every check wakes an otherwise idle process. */
export const CHECK_INTERVAL = 2000;

/** Time between checks after a change until files stay the same, in milliseconds. */
export const SETTLE_INTERVAL = 250;

/** A change is reported after this many checks even if another file changes all the time. */
const MAX_UNSETTLED = 20;

/** After this many checks, about 10 s, a missing main file is reported: the next start would fail. */
const MAX_GONE = 6;

/**
 * Watches files until stopped, and reports changes. Links are followed, since
 * Kubernetes updates a mounted file by changing a link. Half-written files, and
 * files that are missing for a moment, are waited for; changes during a report
 * are reported afterwards.
 */
export async function watchFiles({ clock, main, files, onChange, stop }: FileWatchOptions): Promise<void> {
  /** What was last reported, of files in use or not: it is not reported again. */
  let reported: Stamps = new Map();
  let last: Stamps = new Map();
  let unsettled = 0;
  let gone = 0;
  for (;;) {
    await clock.sleep(unsettled === 0 ? CHECK_INTERVAL : SETTLE_INTERVAL, stop);
    if (stop.aborted) return;
    const known = new Map([...files(), ...reported]);
    const seen = await stampsOf(known.keys());
    const changed = [...seen].filter(([path, stamp]) => stamp !== known.get(path));
    const isSettled = changed.every(([path, stamp]) => stamp === last.get(path));
    last = seen;
    gone = main !== undefined && seen.get(main) === GONE ? gone + 1 : 0;
    if (changed.length === 0 || gone > 0 && gone < MAX_GONE) {
      unsettled = 0;
      continue;
    }
    // A file is complete when it was the same twice.
    if (!isSettled && ++unsettled < MAX_UNSETTLED) continue;
    unsettled = 0;
    const looked = await onChange();
    const inUse = files();
    reported = new Map([...seen, ...looked].filter(([path]) => inUse.has(path) || looked.has(path)));
  }
}

async function stampsOf(paths: Iterable<string>): Promise<Stamps> {
  return new Map(await Promise.all([...paths].map(async (path) => [path, await stampOf(path)] as const)));
}
