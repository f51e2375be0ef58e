import { systemClock } from "../src/util/clock.ts";
import { aborted } from "./system.ts";
import type { Exporter } from "./exporter.ts";

/** Options of {@linkcode supervise}. */
export interface Supervision {
  readonly start: () => Exporter;
  /** Settles with the path of the next change to the source. */
  readonly nextChange: () => Promise<string>;
  /** Called when the exporter responds for the first time. */
  readonly onServed: () => void;
  /** Prints a message. */
  readonly report: (line: string) => void;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
}

type Event =
  | { readonly kind: "ended" }
  | { readonly kind: "served" }
  | { readonly kind: "changed"; readonly path: string }
  | { readonly kind: "exited"; readonly code: number };

/** Ctrl-C ends the exporter as well, which may be noticed before the signal. */
const GRACE_MS = 300;

/**
 * Runs the exporter and restarts it after each change of the source. If it exits later, the next change starts it again.
 * It has ended when this returns.
 *
 * @returns 0 after `signal`, or the exporter's exit code if it exits before it serves
 */
export async function supervise(supervision: Supervision): Promise<number> {
  const { start, nextChange, onServed, report, signal } = supervision;
  const ended = aborted(signal).then((): Event => ({ kind: "ended" }));
  function change(): Promise<Event> {
    return nextChange().then((path) => ({ kind: "changed", path }));
  }

  let hasServed = false;
  let changed = change();
  while (true) {
    const exporter = start();
    const exited = exporter.exited.then((code): Event => ({ kind: "exited", code }));
    const served = exporter.served.then((): Event => ({ kind: "served" }));
    try {
      let event = await Promise.race([ended, exited, changed, served]);
      if (event.kind === "served") {
        if (!hasServed) onServed();
        hasServed = true;
        event = await Promise.race([ended, exited, changed]);
      }
      if (event.kind === "exited") {
        await systemClock.sleep(GRACE_MS, signal);
        if (signal.aborted) return 0;
        if (!hasServed) {
          report(`the exporter exited with code ${event.code} before it was ready`);
          return event.code || 1;
        }
        report(`the exporter exited with code ${event.code}; waiting for a change to restart it`);
        event = await Promise.race([ended, changed]);
      }
      if (event.kind !== "changed") return 0;
      report(`${event.path} changed, restarting the exporter`);
      changed = change();
    } finally {
      await exporter.stop();
    }
  }
}
