import type { Env } from "../util/process.ts";
import { formatCount } from "../util/text.ts";
import { type StateStore, wasSuccessful } from "../poller/state.ts";
import type { Clock } from "../util/clock.ts";
import { log } from "../util/log.ts";
import type { Notifier } from "./notifier.ts";

/** Options of {@linkcode notifyLoop}. */
export interface NotifyOptions {
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** For `WATCHDOG_USEC` and `WATCHDOG_PID`. */
  readonly env: Env;
  /** The text that `systemctl status` shows. */
  readonly status: () => string;
  /** Why the exporter is not healthy; empty when it is. */
  readonly problems: () => readonly string[];
  /** Aborted when the program is about to end. */
  readonly stop: AbortSignal;
}

/** How often the status text is sent, in milliseconds, unless the watchdog needs it more often. */
const STATUS_INTERVAL = 15_000;

/**
 * Notifies systemd that the service is ready, of its status, and that it is stopping. Pings the watchdog only while the
 * exporter polls and listens, so that systemd restarts one that does not.
 */
export async function notifyLoop({ notifier, clock, env, status, problems, stop }: NotifyOptions): Promise<void> {
  const watchdog = watchdogMs(env);
  // Twice per period, as sd_watchdog_enabled(3) recommends.
  const interval = Math.min(STATUS_INTERVAL, (watchdog ?? Infinity) / 2);
  await notifier.notify("READY=1", statusOf(status()));
  let wasHealthy = true;
  while (!stop.aborted) {
    await clock.sleep(interval, stop);
    if (stop.aborted) break;
    const [problem] = problems();
    if (problem === undefined) {
      await notifier.notify(statusOf(status()), ...(watchdog === undefined ? [] : ["WATCHDOG=1"]));
    } else {
      if (wasHealthy) log.error("Not healthy, withholding watchdog pings", { problem });
      await notifier.notify(statusOf(`Not healthy: ${problem}`));
    }
    wasHealthy = problem === undefined;
  }
  await notifier.notify("STOPPING=1", "STATUS=Stopping");
  notifier.close();
}

/** The watchdog's period in milliseconds; undefined without a watchdog, or if it watches another process. */
function watchdogMs(env: NotifyOptions["env"]): number | undefined {
  const usec = env("WATCHDOG_USEC") ?? "";
  const pid = env("WATCHDOG_PID") ?? "";
  if (!/^[1-9]\d{0,15}$/.test(usec)) return undefined;
  return pid === "" || pid === `${Deno.pid}` ? Number(usec) / 1000 : undefined;
}

/** A line break would start another assignment. */
function statusOf(text: string): string {
  return `STATUS=${text.replaceAll(/\s+/g, " ")}`;
}

/**
 * Summarizes the exporter's state in one line, for `systemctl status`.
 *
 * @param isRefused whether the last changed configuration could not be used
 * @returns such as `12 wallets on 3 networks, 11 of 12 balances read; last poll 2026-11-21T13:20:05Z`
 */
export function statusLine({ networks }: StateStore, isRefused: boolean): string {
  const wallets = networks.reduce((sum, { plan }) => sum + plan.wallets.length, 0);
  const accounts = networks.flatMap(({ accounts }) => [...accounts.values()]);
  const read = accounts.filter(wasSuccessful).length;
  const last = Math.max(...networks.flatMap(({ lastFinished }) => lastFinished ?? []));
  const poll = Number.isFinite(last) ? `last poll ${new Date(1000 * last).toISOString().slice(0, 19)}Z` : "no poll yet";
  const polled = `${formatCount(wallets, "wallet")} on ${formatCount(networks.length, "network")}`;
  const reload = isRefused ? "; configuration reload FAILED" : "";
  return `${polled}, ${read} of ${formatCount(accounts.length, "balance")} read; ${poll}${reload}`;
}
