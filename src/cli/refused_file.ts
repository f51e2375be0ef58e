import { GONE, stampOf } from "../config/files/stamps.ts";
import { readText } from "../config/files/read_text.ts";
import type { Clock } from "../util/clock.ts";
import { CONFIG_REFUSED } from "./reload_loop.ts";
import { logReasons } from "./report_problems.ts";

/** Options of {@linkcode watchRefusedFile}. */
export interface RefusedFileOptions {
  /** Exists while a changed configuration is refused before it gets here; its lines say why. */
  readonly file: string;
  readonly clock: Clock;
  readonly onChange: (isRefused: boolean) => void;
  readonly stop: AbortSignal;
}

/** A change is noticed within this time, in milliseconds, as one of the configuration is. */
const INTERVAL = 2000;
/** Enough for every line of `check` that is logged. */
const MAX_BYTES = 1024 * 1024;

/**
 * Watches for configurations that were refused before they got here: systemd passes on a copy, and only after `check`
 * accepted it.
 */
export async function watchRefusedFile({ file, clock, onChange, stop }: RefusedFileOptions): Promise<void> {
  let last = GONE;
  while (!stop.aborted) {
    const stamp = await stampOf(file);
    if (stamp !== last) {
      if (stamp !== GONE) await logRefusal(file);
      onChange(stamp !== GONE);
    }
    last = stamp;
    await clock.sleep(INTERVAL, stop);
  }
}

async function logRefusal(file: string): Promise<void> {
  const text = await readText(file, MAX_BYTES);
  const lines = typeof text === "string" ? text.split("\n").filter((line) => line.trim() !== "") : [text.why];
  logReasons(lines.map((problem) => ({ problem })), CONFIG_REFUSED);
}
