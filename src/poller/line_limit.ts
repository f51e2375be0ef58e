/** Limits how often a state that alternates is logged. */
export interface LineLimit {
  /** Whether a line may be written, which is counted then; `now` in milliseconds on the monotonic clock. */
  allows(key: string, now: number): boolean;
}

const MAX_LINES_PER_HOUR = 6;
const HOUR = 3_600_000;

/** Creates a limit, which counts each key separately. */
export function createLineLimit(): LineLimit {
  const written = new Map<string, readonly number[]>();
  let prunedAt = -Infinity;

  function prune(now: number): void {
    if (now - prunedAt < HOUR) return;
    prunedAt = now;
    for (const [key, times] of written) {
      if (times.every((at) => now - at >= HOUR)) written.delete(key);
    }
  }

  return {
    allows(key, now): boolean {
      prune(now);
      const recent = (written.get(key) ?? []).filter((at) => now - at < HOUR);
      if (recent.length >= MAX_LINES_PER_HOUR) return false;
      written.set(key, [...recent, now]);
      return true;
    },
  };
}
