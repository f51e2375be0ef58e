import type { RemoteList } from "../config/model/config.ts";
import type { Stamp, Stamps } from "../config/files/stamps.ts";
import { watchFiles } from "../config/files/watch_files.ts";
import { refreshLists } from "../config/lists/refresh_lists.ts";
import type { ListStore } from "../config/lists/list_store.ts";
import type { SelfMetrics } from "../metrics/families/self_metrics.ts";
import { notifyChanged, type StateStore } from "../poller/state.ts";
import type { Poller } from "../poller/poller.ts";
import type { Clock } from "../util/clock.ts";
import { log } from "../util/log.ts";
import { scrub } from "../util/redact.ts";
import { type ActiveConfig, collectGarbage, configStatus, loadPlan } from "./active_config.ts";
import type { Settings } from "./options.ts";
import { type RefusalMessages, reportRefusal } from "./report_problems.ts";

/** Options of {@linkcode startReloadLoop}. */
export interface ReloadOptions {
  readonly settings: Settings;
  readonly active: () => ActiveConfig;
  /** Called with a configuration that is in use from now on. */
  readonly onApplied: (next: ActiveConfig) => void;
  readonly store: StateStore;
  readonly poller: Poller;
  readonly self: SelfMetrics;
  readonly lists: ListStore;
  readonly clock: Clock;
  /** Registers a listener for requests to reload. */
  readonly onHangup: (listener: () => void) => void;
  readonly stop: AbortSignal;
}

/** Reloads the configuration, one reload at a time. */
export interface ReloadLoop {
  /** Settles after the program was asked to stop and the last reload has ended. */
  readonly ended: Promise<void>;
  /**
   * Fetches all wallet lists and reloads. Never throws.
   *
   * @returns why the configuration was refused: all errors, one per line; undefined if it was applied
   */
  reload(): Promise<string | undefined>;
}

/**
 * Reloads the configuration when its files or lists change and on request. If it cannot be used, the previous one stays
 * in use.
 */
export function startReloadLoop(options: ReloadOptions): ReloadLoop {
  const { store, clock, active, lists: listStore, onHangup, settings, stop } = options;
  const lists = (): readonly RemoteList[] => active().lists;
  let last: Promise<unknown> = Promise.resolve();

  function next(stamps = new Map<string, Stamp>(), prepare?: () => Promise<unknown>): Promise<string | undefined> {
    const problem = last.then(() => reload(options, stamps, prepare));
    last = problem;
    return problem;
  }

  async function fetchAndReload(): Promise<string | undefined> {
    const problem = await next(new Map(), () => Promise.all(lists().map(listStore.refetch)));
    return problem === undefined ? undefined : scrub(problem);
  }

  async function onChange(): Promise<Stamps> {
    const stamps = new Map<string, Stamp>();
    await next(stamps);
    return stamps;
  }

  async function run(): Promise<void> {
    await Promise.all([
      watchFiles({ clock, stop, main: settings.configFile, files: () => active().files, onChange }),
      refreshLists({
        clock,
        store: listStore,
        lists,
        stop,
        onRefresh: () => notifyChanged(store),
        onChange: async () => void await next(),
      }),
    ]);
    await last;
  }

  onHangup(() => void fetchAndReload());
  return { ended: run(), reload: fetchAndReload };
}

/** Log messages for a changed configuration that cannot be used. */
export const CONFIG_REFUSED: RefusalMessages = {
  error: "Invalid configuration",
  summary: "Configuration reload failed; keeping the previous configuration",
};

/**
 * @param stamps filled with the files that are read
 * @returns why the configuration was refused; undefined if it was applied
 */
async function reload(
  options: ReloadOptions,
  stamps: Map<string, Stamp>,
  prepare?: () => Promise<unknown>,
): Promise<string | undefined> {
  const { settings, onApplied, poller, self, lists, store, clock, stop } = options;
  try {
    await prepare?.();
    if (stop.aborted) return "The exporter is stopping";
    const { plan, config } = await loadPlan(settings, lists, options.active(), stamps);
    await poller.apply(plan, config.interval, () => {
      onApplied(config);
      self.recordReload(configStatus(config, clock));
    });
    lists.retain(config.keptLists);
    collectGarbage(config.cost);
    const wallets = plan.networks.reduce((sum, network) => sum + network.wallets.length, 0);
    log.info("Configuration reloaded", { source: config.source, networks: plan.networks.length, wallets });
    return undefined;
  } catch (error) {
    self.recordFailedReload();
    // Unexpected errors, too: a reload must never end the program.
    return reportRefusal(error, CONFIG_REFUSED);
  } finally {
    notifyChanged(store);
  }
}
