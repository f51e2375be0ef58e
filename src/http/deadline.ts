import type { Clock } from "../util/clock.ts";

/** A moment by which work has to end. Dispose it when the work is over. */
export interface Deadline extends Disposable {
  /** Aborts at the deadline, or when the enclosing work is aborted. */
  readonly signal: AbortSignal;
  /** Milliseconds left; 0 when it has passed. */
  remaining(): number;
}

/** If the timer fires this late, the event loop was blocked. */
const LATE_MS = 100;
/** Then responses that arrived meanwhile get up to this long to be read. */
const MAX_GRACE_MS = 500;

/**
 * Starts a deadline.
 *
 * @param ms how long the work may take
 * @param above ends it earlier: the program stops, or an enclosing deadline passes
 */
export function startDeadline(clock: Clock, ms: number, above?: AbortSignal): Deadline {
  const end = clock.now() + ms;
  const controller = new AbortController();
  const timer = new AbortController();
  const abort = (): void => controller.abort();
  if (above?.aborted) abort();
  above?.addEventListener("abort", abort, { once: true });
  clock.sleep(ms, timer.signal).then(async () => {
    const late = clock.now() - end;
    if (late > LATE_MS && !timer.signal.aborted) await clock.sleep(Math.min(late, MAX_GRACE_MS), timer.signal);
    if (!timer.signal.aborted) abort();
  });
  return {
    signal: controller.signal,
    remaining: () => controller.signal.aborted ? 0 : Math.max(0, end - clock.now()),
    [Symbol.dispose](): void {
      timer.abort();
      above?.removeEventListener("abort", abort);
    },
  };
}
