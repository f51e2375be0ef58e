import { systemClock } from "../src/util/clock.ts";
import { aborted } from "./aborted.ts";
import type { Exporter } from "./exporter.ts";

/** What {@linkcode supervise} works with. */
export interface Supervision {
  readonly start: () => Exporter;
  /** Settles with the path of the next change to the source. */
  readonly nextChange: () => Promise<string>;
  /** Called once, when the exporter answers for the first time. */
  readonly onServed: () => void;
  /** Tells the user what has happened. */
  readonly report: (line: string) => void;
  /** Ends it all. */
  readonly signal: AbortSignal;
}

type Event =
  | { readonly kind: "ended" }
  | { readonly kind: "served" }
  | { readonly kind: "changed"; readonly path: string }
  | { readonly kind: "exited"; readonly code: number };

/** Ctrl-C reaches the exporter as well, and the news of its end may come before the signal does. */
const graceMs = 300;

/**
 * Keeps the exporter running, with a restart for each change of the source.
 *
 * Returns an exit code: 0 after `signal`, or the exporter's own if it failed
 * before it ever served. After that, an exporter that ends is started again by
 * the next change. It has ended when this returns.
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
    const exited = exporter.exited.then((code): Event => ({
      kind: "exited",
      code,
    }));
    const served = exporter.served.then((): Event => ({ kind: "served" }));
    try {
      let event = await Promise.race([ended, exited, changed, served]);
      if (event.kind === "served") {
        if (!hasServed) onServed();
        hasServed = true;
        event = await Promise.race([ended, exited, changed]);
      }
      if (event.kind === "exited") {
        await systemClock.sleep(graceMs, signal);
        if (signal.aborted) return 0;
        if (!hasServed) {
          report(
            `the exporter ended with code ${event.code} before it served anything`,
          );
          return event.code || 1;
        }
        report(
          `the exporter ended with code ${event.code}; the next change starts it again`,
        );
        event = await Promise.race([ended, changed]);
      }
      if (event.kind !== "changed") return 0;
      report(`${event.path} has changed: starting the exporter again`);
      changed = change();
    } finally {
      await exporter.stop();
    }
  }
}
