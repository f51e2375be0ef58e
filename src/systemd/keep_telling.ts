import type { Clock } from "../util/clock.ts";
import { log } from "../util/log.ts";
import type { Env, Notifier } from "./notifier.ts";

/** What systemd is told from, and when. */
export interface Telling {
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** Reads `WATCHDOG_USEC` and `WATCHDOG_PID`. */
  readonly env: Env;
  /** One line for `systemctl status`. */
  readonly status: () => string;
  /** Why it is not healthy, a line each: polling or listening has stopped. */
  readonly problems: () => readonly string[];
  /** Set when the program is about to end. */
  readonly stop: AbortSignal;
}

/** Where there is no watchdog, the line about the service is renewed so often, in milliseconds. */
const STATUS_EVERY = 15_000;

/**
 * Tells systemd that the service is ready, then how it fares, and at last that it
 * stops. The watchdog is notified only while it polls and listens: a service that does
 * not is restarted.
 *
 * @param telling see {@linkcode Telling}
 */
export async function keepTelling({ notifier, clock, env, status, problems, stop }: Telling): Promise<void> {
  const watchdog = watchdogOf(env);
  const pause = Math.min(STATUS_EVERY, (watchdog ?? Infinity) / 2);
  await notifier.tell("READY=1", `STATUS=${oneLine(status())}`);
  let wasWell = true;
  while (!stop.aborted) {
    await clock.sleep(pause, stop);
    if (stop.aborted) break;
    const [problem] = problems();
    if (problem === undefined) {
      await notifier.tell(`STATUS=${oneLine(status())}`, ...(watchdog === undefined ? [] : ["WATCHDOG=1"]));
    } else {
      if (wasWell) log.error("Not healthy, the watchdog of systemd is not notified", { problem });
      await notifier.tell(`STATUS=${oneLine(`Not healthy: ${problem}`)}`);
    }
    wasWell = problem === undefined;
  }
  await notifier.tell("STOPPING=1", "STATUS=Stopping");
  notifier.close();
}

/** @returns milliseconds within which systemd wants to hear that all is well; none when it does not, or not from us */
function watchdogOf(env: Env): number | undefined {
  const text = env("WATCHDOG_USEC") ?? "";
  const pid = env("WATCHDOG_PID") ?? "";
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined;
  return pid === "" || pid === `${Deno.pid}` ? Number(text) / 1000 : undefined;
}

/** A line break would begin another assignment. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
