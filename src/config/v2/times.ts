import { readDuration } from "../../util/duration.ts";
import type { OutflowConfig } from "../model/config.ts";
import type { Field } from "../source/source_tree.ts";

/**
 * Reads the time between checks.
 *
 * @param written seconds, or a duration with a unit; of the right shape
 * @returns milliseconds
 */
export function readInterval(written: number | string | undefined, field: Field): number | undefined {
  if (written === undefined) return undefined;
  const interval = readDuration(String(written)) ?? Infinity;
  if (interval >= 1000 && interval <= MAX_INTERVAL_MS) return interval;
  return field.error("The interval must be between 1 second and 24 days", "Use a time such as 15s, 60s or 5m");
}

/**
 * Reads how long a balance is shown after its last good reading.
 *
 * @param written seconds, or a duration with a unit; of the right shape
 * @returns milliseconds; 0 for ever
 */
export function readStaleAfter(written: number | string | undefined, field: Field): number | undefined {
  if (written === undefined) return undefined;
  return readDuration(String(written)) ?? field.error("The time is too long", "Use a time such as 24h, or 0 for never");
}

/** How far back balances are read at the start, in milliseconds: an hour to a day. */
const MIN_BACKFILL = 3_600_000;
const MAX_BACKFILL = 24 * MIN_BACKFILL;

/** The keys of a network or of the defaults. */
export interface WrittenOutflow {
  readonly outflow?: boolean | undefined;
  readonly backfill?: number | string | undefined;
}

/**
 * Reads whether the outflow is published, and how far back balances are read.
 *
 * @param written of the right shape
 * @param field the defaults or the network
 * @param defaults for what is not written
 * @returns only what is known; the time in milliseconds
 */
export function readOutflow(written: WrittenOutflow, field: Field, defaults: OutflowConfig = {}): OutflowConfig {
  const { backfill: before = 0 } = defaults;
  const backfill = written.backfill === undefined ? before : readDuration(String(written.backfill)) ?? Infinity;
  if (backfill !== 0 && !(backfill >= MIN_BACKFILL && backfill <= MAX_BACKFILL)) {
    field.at("backfill").error("The time must be between 1 and 24 hours", "Use a time such as 24h, or 0 for none");
    return {};
  }
  const outflow = written.outflow ?? defaults.outflow ?? (backfill > 0 ? true : undefined);
  return { ...(outflow === undefined ? {} : { outflow }), ...(backfill > 0 ? { backfill } : {}) };
}

/**
 * Checks an interval against the time after which balances go stale.
 *
 * @param interval in milliseconds, if configured
 * @param staleAfter in milliseconds, if configured
 * @param field at which a conflict is reported
 */
export function checkTimes(
  interval: number | undefined,
  staleAfter: number | undefined,
  field: Field,
  advice: string,
): void {
  if (interval === undefined || staleAfter === undefined || staleAfter === 0 || staleAfter > interval) return;
  field.error("Balances would be withdrawn before they are read again", advice);
}

/** Maximum delay of a timer, in milliseconds. */
export const MAX_INTERVAL_MS = 24 * 86_400_000;
