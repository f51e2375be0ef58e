import type { Clock } from "../clock.ts";
import type { RemoteList } from "../config/config.ts";
import type { ConfigSource } from "../config/load_config.ts";
import type { Stamp } from "../config/file_stamp.ts";
import { type Stamps, watchFiles } from "../config/watch_files.ts";
import { describeError } from "../describe_error.ts";
import { ExitError } from "../errors.ts";
import { keepLists } from "../lists/keep_lists.ts";
import type { ListStore } from "../lists/list_store.ts";
import { log } from "../log.ts";
import type { SelfMetrics } from "../metrics/self_metrics.ts";
import { type Book, markChanged } from "../watch/book.ts";
import type { Watch } from "../watch/watch.ts";
import { type InUse, loadPlan } from "./load_plan.ts";
import type { Settings } from "./options.ts";

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

/**
 * Takes over the configuration whenever its files change, and when asked to. One
 * that cannot be used leaves the one before in use.
 *
 * @param reloading see {@linkcode Reloading}
 */
export async function keepReloading(reloading: Reloading): Promise<void> {
  const { book, clock, inUse, lists: store, onHangup, source, stop } = reloading;
  const lists = (): readonly RemoteList[] => inUse().lists;
  let last: Promise<Stamps> = Promise.resolve(new Map());
  const next = (before: () => Promise<unknown> = () => Promise.resolve()): Promise<Stamps> =>
    last = last.then(async () => {
      await before();
      return stop.aborted ? new Map() : await reload(reloading);
    }).catch(() => new Map());
  onHangup(() => void next(() => Promise.all(lists().map(store.refreshAnew))));
  await Promise.all([
    watchFiles({ clock, stop, main: source.file, files: () => inUse().files, onChange: next }),
    keepLists({
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

/** @returns the files that were looked at, whatever came of it */
async function reload({ source, settings, onUse, watching, self, lists, book, clock }: Reloading): Promise<Stamps> {
  const stamps = new Map<string, Stamp>();
  try {
    const { plan, inUse } = await loadPlan(source, settings, lists, stamps);
    await watching.adopt(plan, inUse.interval, () => {
      onUse(inUse);
      self.configured({
        interval: inUse.interval / 1000,
        rejectedEntries: inUse.rejectedEntries,
        configLoadedAt: clock.epoch(),
      });
    });
    lists.retain(inUse.lists);
    const wallets = plan.networks.reduce((sum, network) => sum + network.wallets.length, 0);
    log.info("Configuration reloaded", { source: inUse.source, networks: plan.networks.length, wallets });
  } catch (error) {
    self.refused();
    // Whatever it is, what is in use goes on.
    const text = error instanceof ExitError
      ? error.message
      : `unexpected error, please report it: ${describeError(error)}`;
    const [first = text, ...others] = text.split("\n");
    const advice = "The configuration before stays in use; the command check prints all problems";
    log.error("The configuration cannot be used", { problem: first, others: others.length, advice });
  }
  markChanged(book);
  return stamps;
}
