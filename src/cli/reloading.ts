import type { Clock } from "../clock.ts";
import type { RemoteList } from "../config/config.ts";
import type { ConfigSource } from "../config/load_config.ts";
import { watchFiles } from "../config/watch_files.ts";
import { ExitError } from "../errors.ts";
import { keepLists } from "../lists/keep_lists.ts";
import type { ListStore } from "../lists/list_store.ts";
import { log } from "../log.ts";
import { cleanForeign } from "../redact.ts";
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
  let last = Promise.resolve();
  const next = (before: () => Promise<unknown> = () => Promise.resolve()): Promise<void> =>
    last = last.then(async () => {
      await before();
      if (!stop.aborted) await reload(reloading);
    });
  onHangup(() => void next(() => Promise.all(lists().map(store.refresh))));
  const own = source.file === undefined ? [] : [source.file];
  await Promise.all([
    watchFiles({ clock, stop, files: () => inUse().files.length > 0 ? inUse().files : own, onChange: next }),
    keepLists({ clock, store, lists, stop, onRefresh: () => markChanged(book), onChange: next }),
  ]);
  await last;
}

async function reload({ source, settings, onUse, watching, self, lists, book, clock }: Reloading): Promise<void> {
  try {
    const { plan, inUse } = await loadPlan(source, settings, lists);
    await watching.adopt(plan, inUse.interval, () => {
      onUse(inUse);
      self.configured({
        interval: inUse.interval / 1000,
        rejectedEntries: inUse.rejectedEntries,
        configLoadedAt: clock.epoch(),
      });
    });
    const wallets = plan.networks.reduce((sum, network) => sum + network.wallets.length, 0);
    log.info("Configuration reloaded", { source: inUse.source, networks: plan.networks.length, wallets });
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
