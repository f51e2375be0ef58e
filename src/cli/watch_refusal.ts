import type { Clock } from "../util/clock.ts";
import { GONE, stampOf } from "../config/files/watch_files.ts";
import { readText } from "../config/files/read_text.ts";
import { log } from "../util/log.ts";

/** What {@linkcode watchRefusal} takes. */
export interface RefusalOptions {
  /** A file that exists while a changed configuration is refused by whoever hands it over; its lines say why. */
  readonly file: string;
  readonly clock: Clock;
  /** Called when that changes. */
  readonly onChange: (isRefused: boolean) => void;
  readonly stop: AbortSignal;
}

/** How often the file is looked at, in milliseconds. */
const INTERVAL = 2000;

/** More lines only push the first ones out of sight. */
const MAX_LINES = 5;

const MAX_BYTES = 1024 * 1024;

/**
 * Watches for changes of the configuration that were refused before they came
 * here: systemd hands over a copy, so a check must come before it.
 *
 * @param options see {@linkcode RefusalOptions}
 */
export async function watchRefusal({ file, clock, onChange, stop }: RefusalOptions): Promise<void> {
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
  for (const problem of lines.slice(0, MAX_LINES)) log.error("The configuration cannot be used", { problem });
  log.error("Configuration reload failed, the previous configuration stays in use", {
    lines: lines.length,
    logged: Math.min(lines.length, MAX_LINES),
  });
}
