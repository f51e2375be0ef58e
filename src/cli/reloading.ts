import type { Clock } from "../util/clock.ts";
import type { RemoteList } from "../config/model/config.ts";
import type { ConfigSource } from "../config/load_config.ts";
import { type Stamp, type Stamps, watchFiles } from "../config/files/watch_files.ts";
import { describeError } from "../util/describe_error.ts";
import { refreshLists } from "../config/lists/refresh_lists.ts";
import type { ListStore } from "../config/lists/list_store.ts";
import { log } from "../util/log.ts";
import type { SelfMetrics } from "../metrics/self_metrics.ts";
import { type Book, markChanged } from "../poller/book.ts";
import type { Watch } from "../poller/watch.ts";
import { collectGarbage } from "./collect_garbage.ts";
import { type InUse, loadPlan } from "./load_plan.ts";
import type { Settings } from "./options.ts";
import { reportRefusal } from "./report_refusal.ts";

/** What reloading takes. */
export interface Reloading {
  readonly source: ConfigSource;
  readonly settings: Settings;
  /** What is in use. Asked for each time. */
  readonly inUse: () => InUse;
  /** Told what is in use from now on. */
  readonly onUse: (next: InUse) => void;
  readonly book: Book;
  readonly watching: Watch;
  readonly self: SelfMetrics;
  readonly lists: ListStore;
  readonly clock: Clock;
  /** Calls a listener whenever somebody asks to reload. */
  readonly onHangup: (listener: () => void) => void;
  readonly stop: AbortSignal;
}

/** How a reload ended. */
export type ReloadOutcome =
  | { readonly successful: true }
  /** Why the configuration was refused: every error, one a line; holds no secret. */
  | { readonly successful: false; readonly message: string };

/** Reloads the configuration, one reload at a time. */
export interface Reloader {
  /** Settles when the program stops and no reload is under way. */
  readonly ended: Promise<void>;
  /** Fetches all lists of wallets anew, then reloads. Never throws. */
  reload(): Promise<ReloadOutcome>;
}

interface Reloaded {
  readonly outcome: ReloadOutcome;
  /** The files that were read, applied or not. */
  readonly stamps: Stamps;
}

/**
 * Reloads the configuration whenever its files or lists change, and when asked
 * to. One that is refused leaves the one before in use.
 *
 * @param options see {@linkcode Reloading}
 */
export function startReloading(options: Reloading): Reloader {
  const { book, clock, inUse, lists: store, onHangup, source, stop } = options;
  const lists = (): readonly RemoteList[] => inUse().lists;
  let last: Promise<unknown> = Promise.resolve();

  function next(before: () => Promise<unknown> = () => Promise.resolve()): Promise<Reloaded> {
    const reloaded = last.then(before).then(() => stop.aborted ? STOPPING : reload(options)).catch(unexpected);
    last = reloaded;
    return reloaded;
  }

  async function reloadAnew(): Promise<ReloadOutcome> {
    const { outcome } = await next(() => Promise.all(lists().map(store.refreshAnew)));
    return outcome;
  }

  async function run(): Promise<void> {
    await Promise.all([
      watchFiles({
        clock,
        stop,
        main: source.file,
        files: () => inUse().files,
        onChange: async () => (await next()).stamps,
      }),
      refreshLists({
        clock,
        store,
        lists,
        stop,
        onRefresh: () => markChanged(book),
        onChange: async () => void await next(),
      }),
    ]);
    await last;
  }

  onHangup(() => void reloadAnew());
  return { ended: run(), reload: reloadAnew };
}

const STOPPING: Reloaded = { outcome: { successful: false, message: "The exporter is stopping" }, stamps: new Map() };

function unexpected(error: unknown): Reloaded {
  const message = `unexpected error, please report it: ${describeError(error)}`;
  return { outcome: { successful: false, message }, stamps: new Map() };
}

const REFUSED = {
  message: "The configuration cannot be used",
  summary: "Configuration reload failed, the previous configuration stays in use",
} as const;

async function reload(options: Reloading): Promise<Reloaded> {
  const { source, settings, onUse, watching, self, lists, book, clock } = options;
  const stamps = new Map<string, Stamp>();
  try {
    const { plan, inUse } = await loadPlan(source, settings, lists, { stamps, before: options.inUse() });
    await watching.adopt(plan, inUse.interval, () => {
      onUse(inUse);
      self.configured({
        interval: inUse.interval / 1000,
        rejectedEntries: inUse.rejectedEntries,
        configLoadedAt: clock.epoch(),
      });
    });
    lists.retain(inUse.lists);
    collectGarbage(inUse.cost);
    const wallets = plan.networks.reduce((sum, network) => sum + network.wallets.length, 0);
    log.info("Configuration reloaded", { source: inUse.source, networks: plan.networks.length, wallets });
    return { outcome: { successful: true }, stamps };
  } catch (error) {
    self.refused();
    // Whatever it is, what is in use goes on.
    const message = reportRefusal(error, REFUSED);
    return { outcome: { successful: false, message }, stamps };
  } finally {
    markChanged(book);
  }
}
