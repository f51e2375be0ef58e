import type { StateStore } from "../../poller/state.ts";
import type { Clock } from "../../util/clock.ts";
import { log } from "../../util/log.ts";
import type { Format } from "../encoders/encoders.ts";
import type { SelfMetrics } from "../families/self_metrics.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { GZIP } from "./gzip.ts";
import { type Compression, PLAIN } from "./piece.ts";
import { bodyOf, type Page, type PageBody, renderPage } from "./render_page.ts";

/** What a scrape asks for. */
export interface PageRequest {
  readonly format: Format;
  readonly gzip: boolean;
  /** Only these families, by their name or a sample's; all when empty. */
  readonly names: readonly string[];
}

/** Keeps rendered pages; a scrape only joins parts of them. */
export interface PageStore {
  /** @returns the body of the response, in parts that other responses share */
  get(request: PageRequest): Promise<PageBody>;
  /** Ends the rendering in the background. */
  close(): void;
}

/** What pages are made of. */
export interface PageStoreOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly snapshot: () => Snapshot;
  readonly self: SelfMetrics;
}

/** A page is rendered at most this often, and its live families are read again; in milliseconds. */
const MIN_INTERVAL = 1000;

/**
 * The same when an account was read for the first time since, so that first balances are shown soon: twice the time that
 * the page took, within these bounds.
 */
const MIN_INTERVAL_OF_NEW = 10;
const MAX_INTERVAL_OF_NEW = 100;

/** A page that was not scraped for this long is neither rendered ahead nor kept; in milliseconds. */
const MAX_IDLE = 600_000;

interface Rendered {
  /** Of the store, at that moment. */
  readonly firstReadings: number;
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly took: number;
  readonly page: Page;
}

/** A whole body, with what was read for it at that moment. */
interface Ready {
  readonly of: Rendered;
  readonly at: number;
  readonly body: PageBody;
}

/** The pages of one format and compression. */
interface CacheEntry {
  readonly format: Format;
  readonly compression: Compression;
  rendered?: Rendered | undefined;
  rendering?: Promise<Rendered> | undefined;
  /** A refresh loop is running; ends its wait. */
  refreshing?: AbortController | undefined;
  scrapedAt: number;
  ready?: Ready | undefined;
}

/**
 * Makes a store of pages. After a change, the pages that were scraped lately are rendered within a second, before the next
 * scrape: each format, plain or compressed.
 */
export function createPageStore({ store, clock, self, snapshot: take }: PageStoreOptions): PageStore {
  const entries = new Map<string, CacheEntry>();
  let isClosed = false;

  function entryOf(format: Format, gzip: boolean): CacheEntry {
    const key = `${format} ${gzip}`;
    const entry = entries.get(key) ?? { format, compression: gzip ? GZIP : PLAIN, scrapedAt: -Infinity };
    entries.set(key, entry);
    return entry;
  }

  async function render(entry: CacheEntry): Promise<Rendered> {
    const at = clock.now();
    const { firstReadings } = store;
    const snapshot = take();
    self.rpc.retain(store.networks.map(({ plan }) => plan));
    const before = entry.rendered?.page;
    // A page that cannot be rendered must not be the base of the next.
    put(entry, undefined);
    const options = { registry: self.registry, clock };
    const page = await renderPage(snapshot, entry.format, options, entry.compression, before);
    const rendered = { firstReadings, at, took: clock.now() - at, page };
    put(entry, rendered);
    return rendered;
  }

  function renew(entry: CacheEntry): Promise<Rendered> {
    entry.rendering ??= render(entry).finally(() => entry.rendering = undefined);
    return entry.rendering;
  }

  /** When a page may be rendered again at the earliest. */
  function dueAt({ at, took, firstReadings }: Rendered): number {
    if (firstReadings === store.firstReadings) return at + MIN_INTERVAL;
    return at + Math.min(Math.max(MIN_INTERVAL_OF_NEW, 2 * took), MAX_INTERVAL_OF_NEW);
  }

  function isFresh(rendered: Rendered): boolean {
    const now = clock.now();
    const { generation, goodUntil } = rendered.page.snapshot;
    return now < dueAt(rendered) || generation === store.generation && now <= goodUntil;
  }

  function isWanted({ scrapedAt }: CacheEntry): boolean {
    return !isClosed && clock.now() - scrapedAt < MAX_IDLE;
  }

  /** Renders changes until there are none. */
  async function refreshLoop(entry: CacheEntry): Promise<void> {
    if (entry.refreshing !== undefined) return;
    try {
      while (isWanted(entry) && entry.rendered?.page.snapshot.generation !== store.generation) {
        const wait = entry.rendered === undefined ? 0 : dueAt(entry.rendered) - clock.now();
        entry.refreshing = new AbortController();
        if (wait > 0) await clock.sleep(wait, entry.refreshing.signal);
        else await renew(entry);
      }
    } catch (error) {
      log.error("Rendering the metrics failed", { error: error instanceof Error ? error.message : "unknown" });
    } finally {
      entry.refreshing = undefined;
    }
  }

  store.onChange = () => {
    for (const entry of entries.values()) {
      if (!isWanted(entry)) put(entry, undefined);
      // A first reading is due earlier.
      else if (entry.refreshing === undefined) refreshLoop(entry);
      else entry.refreshing.abort();
    }
  };

  return {
    async get({ format, gzip, names }) {
      const entry = entryOf(format, gzip);
      entry.scrapedAt = clock.now();
      const known = entry.rendered;
      const rendered = known !== undefined && isFresh(known) ? known : await renew(entry);
      // The state may have changed since the rendering began.
      refreshLoop(entry);
      if (names.length > 0) return bodyOf(rendered.page, entry.compression, names);
      const { ready } = entry;
      if (ready?.of === rendered && clock.now() - ready.at < MIN_INTERVAL) return ready.body;
      const body = bodyOf(rendered.page, entry.compression, names);
      entry.ready = { of: rendered, at: clock.now(), body };
      return body;
    },
    close() {
      isClosed = true;
      for (const { refreshing } of entries.values()) refreshing?.abort();
    },
  };
}

/** Drops the old page's body with it: it holds memory. */
function put(entry: CacheEntry, rendered: Rendered | undefined): void {
  entry.rendered = rendered;
  entry.ready = undefined;
}
