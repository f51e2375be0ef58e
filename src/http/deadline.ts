import type { Clock } from "../util/clock.ts";

/** A moment by which work has to end. Dispose it when the work is over. */
export interface Deadline extends Disposable {
  /** Aborts at the deadline, or when the work above is aborted. */
  readonly signal: AbortSignal;
  /** Milliseconds left; 0 when it has passed. */
  remaining(): number;
}

/** A timer this late was not late by chance, and this long at most is waited for what was held up with it. */
const LATE_MS = 100;
const GRACE_MS = 500;

/**
 * Starts a deadline.
 *
 * @param clock whose milliseconds count
 * @param ms how long the work may take
 * @param above ends it earlier: the program stops, or a wider deadline passes
 */
export function startDeadline(
  clock: Clock,
  ms: number,
  above?: AbortSignal,
): Deadline {
  const end = clock.now() + ms;
  const controller = new AbortController();
  const timer = new AbortController();
  const abort = (): void => controller.abort();
  if (above?.aborted) abort();
  above?.addEventListener("abort", abort, { once: true });
  clock.sleep(ms, timer.signal).then(async () => {
    // Whoever held the event loop held the answers too: they are let in before their time is judged.
    const late = clock.now() - end;
    if (late > LATE_MS && !timer.signal.aborted) await clock.sleep(Math.min(late, GRACE_MS), timer.signal);
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
