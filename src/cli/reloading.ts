import type { Clock } from "../clock.ts";
import type { Config, RemoteList } from "../config/config.ts";
import { type ConfigSource, loadConfig } from "../config/load_config.ts";
import { ConfigError } from "../config/problem.ts";
import { watchFiles } from "../config/watch_files.ts";
import { ExitError } from "../errors.ts";
import { keepLists } from "../lists/keep_lists.ts";
import type { ListStore } from "../lists/list_store.ts";
import { log } from "../log.ts";
import type { ListStatus } from "../metrics/list_metrics.ts";
import { cleanForeign } from "../redact.ts";
import type { SelfMetrics } from "../metrics/self_metrics.ts";
import { makePlan } from "../make_plan/make_plan.ts";
import { type Book, markChanged } from "../watch/book.ts";
import type { Watch } from "../watch/watch.ts";
import { failsCheck } from "./check_command.ts";
import type { Settings } from "./options.ts";
import { countRejected, reportProblems } from "./report_problems.ts";

/** The configuration in use, with what flags say where it says nothing. */
export interface InUse {
  config: Config;
  interval: number;
  staleAfter: number;
}

/** What reloading takes. */
export interface Reloading {
  readonly source: ConfigSource;
  readonly settings: Settings;
  readonly inUse: InUse;
  readonly book: Book;
  readonly watching: Watch;
  readonly self: SelfMetrics;
  readonly lists: ListStore;
  readonly clock: Clock;
  /** Calls a listener whenever somebody asks to reload. */
  readonly onHangup: (listener: () => void) => void;
  readonly stop: AbortSignal;
}

/**
 * Takes over the configuration whenever its files change, and when asked to. One
 * that cannot be used leaves the one before in use.
 *
 * @param reloading see {@linkcode Reloading}
 */
export async function keepReloading(reloading: Reloading): Promise<void> {
  const { book, clock, inUse, lists: store, onHangup, source, stop } = reloading;
  const lists = (): readonly RemoteList[] => inUse.config.lists ?? [];
  let last = Promise.resolve();
  const next = (before: () => Promise<unknown> = () => Promise.resolve()): Promise<void> =>
    last = last.then(async () => {
      await before();
      if (!stop.aborted) await reload(reloading);
    });
  onHangup(() => void next(() => Promise.all(lists().map(store.refresh))));
  const own = source.file === undefined ? [] : [source.file];
  await Promise.all([
    watchFiles({ clock, stop, files: () => inUse.config.files ?? own, onChange: next }),
    keepLists({ clock, store, lists, stop, onRefresh: () => markChanged(book), onChange: next }),
  ]);
  await last;
}

/**
 * Tells how the lists of wallets fare that come over HTTP.
 *
 * @param config which are in use
 * @param store where they are kept
 */
export function listStatuses({ lists = [] }: Config, store: ListStore): readonly ListStatus[] {
  return lists.map((list) => ({ network: list.network, list: list.url.name, ...store.stateOf(list) }));
}

/**
 * Puts flags where a configuration says nothing.
 *
 * @param config the configuration
 * @param settings the flags
 */
export function inUseOf(config: Config, settings: Settings): InUse {
  const { interval = settings.interval, staleAfter = settings.staleAfter } = config;
  return { config, interval, staleAfter };
}

async function reload({ source, settings, inUse, book, watching, self, lists, clock }: Reloading): Promise<void> {
  try {
    const config = await loadConfig(source, { lists });
    const plan = makePlan(config, settings.shard);
    reportProblems(config, plan);
    if (settings.strict && failsCheck(config.problems)) throw new ConfigError(config.source, config.problems);
    const next = inUseOf(config, settings);
    await watching.adopt(plan, next.interval, () => {
      Object.assign(inUse, next);
      self.configured({
        interval: next.interval / 1000,
        rejectedEntries: countRejected(config.problems),
        configLoadedAt: clock.epoch(),
      });
    });
    const wallets = plan.networks.reduce((sum, network) => sum + network.wallets.length, 0);
    log.info("Configuration reloaded", { source: config.source, networks: plan.networks.length, wallets });
  } catch (error) {
    self.refused();
    // Whatever it is, what is in use goes on.
    const text = error instanceof ExitError ? error.message : `unexpected error, please report it: ${describe(error)}`;
    const [first = text, ...others] = text.split("\n");
    const advice = "The configuration before stays in use; the command check prints all problems";
    log.error("The configuration cannot be used", { problem: first, others: others.length, advice });
  }
  markChanged(book);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${cleanForeign(error.message)}` : "unknown";
}
