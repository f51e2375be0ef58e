import { LONGEST_INTERVAL, readDuration } from "../duration.ts";
import type { Path } from "../source_tree.ts";
import type { Scribe } from "./scribe.ts";

/**
 * Reads the time between checks.
 *
 * @param written seconds, or a duration with a unit; of the right shape
 * @param path where it stands
 * @param scribe told when it is too short or too long
 * @returns milliseconds
 */
export function readInterval(
  written: number | string | undefined,
  path: Path,
  scribe: Scribe,
): number | undefined {
  const interval = written === undefined ? undefined : readDuration(String(written));
  if (interval === undefined) return undefined;
  if (interval >= 1000 && interval <= LONGEST_INTERVAL) return interval;
  scribe.tell("error", path, "The interval must be from one second to 24 days", "Write 15s, 60s, 5m or such");
  return undefined;
}
