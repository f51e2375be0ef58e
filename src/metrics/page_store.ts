import { log } from "../util/log.ts";
import type { Book } from "../poller/book.ts";
import type { Format } from "./exposition.ts";
import { GZIP } from "./gzip.ts";
import { bodyOf, type PageBody } from "./page_body.ts";
import { type Encoding, PLAIN } from "./piece.ts";
import { type Page, type RenderOptions, renderPage } from "./render_page.ts";
import type { SelfMetrics } from "./self_metrics.ts";
import type { View } from "./view.ts";

/** What is asked for. */
export interface PageRequest {
  readonly format: Format;
  readonly gzip: boolean;
  /** Only these families, by their name or a sample's; all when empty. */
  readonly names: readonly string[];
}

/** Keeps ready pages; a scrape only puts ready parts together. */
export interface PageStore {
  /** @returns the body of the answer, in parts that other answers share */
  get(request: PageRequest): Promise<PageBody>;
  /** Ends the rendering in the background. */
  close(): void;
}

/** What pages are made of. */
export interface PageStoreOptions extends Omit<RenderOptions, "registry"> {
  readonly book: Book;
  readonly view: () => View;
  readonly self: SelfMetrics;
}

/** A page is rendered at most this often, and its end renewed; in milliseconds. */
const MIN_INTERVAL = 1000;

/**
 * The same where an account was read for the first time since, as nobody should wait for the first balances: twice the
 * time that the page took, and at least and at most this.
 */
const MIN_INTERVAL_OF_NEW = 10;
const MAX_INTERVAL_OF_NEW = 100;

/** What nobody asked for in this time is neither rendered ahead nor kept; in milliseconds. */
const MAX_UNASKED = 600_000;

interface Rendered {
  readonly generation: number;
  readonly firstReadings: number;
  /** From {@linkcode View}. */
  readonly goodUntil: number;
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly took: number;
  readonly page: Page;
}

/** A whole body, with the end that was true when it was put together. */
interface Ready {
  readonly of: Rendered;
  readonly at: number;
  readonly body: PageBody;
}

/** The pages of one format and encoding. */
interface CacheEntry {
  readonly format: Format;
  readonly encoding: Encoding;
  rendered: Rendered | undefined;
  rendering: Promise<Rendered> | undefined;
  /** While somebody sees to it that changes are rendered: ends their wait for the time to render again. */
  refreshing: { wake: () => void } | undefined;
  asked: number;
  ready: Ready | undefined;
}

/**
 * Makes a store of pages. A change of the book renders, within a second and off
 * the scrape's path, what was asked for lately: each format, plain or compressed.
 *
 * @param options see {@linkcode PageStoreOptions}
 */
export function createPageStore(options: PageStoreOptions): PageStore {
  const { book, clock, identity, self } = options;
  const entries = {
    text: { plain: emptyEntry("text", PLAIN), gzip: emptyEntry("text", GZIP) },
    openmetrics: { plain: emptyEntry("openmetrics", PLAIN), gzip: emptyEntry("openmetrics", GZIP) },
  };
  const all = Object.values(entries).flatMap(({ plain, gzip }) => [plain, gzip]);
  let isClosed = false;

  async function render(entry: CacheEntry): Promise<Rendered> {
    const at = clock.now();
    const { firstReadings } = book;
    const view = options.view();
    self.update(book);
    const before = entry.rendered?.page;
    // What cannot be rendered must not be kept to be built upon.
    put(entry, undefined);
    const renderOptions = { registry: self.registry, identity, clock };
    const page = await renderPage(view, entry.format, renderOptions, entry.encoding, before);
    const { generation, goodUntil } = view;
    const rendered: Rendered = { generation, firstReadings, goodUntil, at, took: clock.now() - at, page };
    put(entry, rendered);
    return rendered;
  }

  function renew(entry: CacheEntry): Promise<Rendered> {
    entry.rendering ??= render(entry).finally(() => entry.rendering = undefined);
    return entry.rendering;
  }

  /** When a page may be rendered again at the earliest. */
  function dueAt({ at, took, firstReadings }: Rendered): number {
    if (firstReadings === book.firstReadings) return at + MIN_INTERVAL;
    return at + Math.min(Math.max(MIN_INTERVAL_OF_NEW, 2 * took), MAX_INTERVAL_OF_NEW);
  }

  function isFresh(rendered: Rendered): boolean {
    const now = clock.now();
    return now < dueAt(rendered) || rendered.generation === book.generation && now <= rendered.goodUntil;
  }

  function isWanted({ asked }: CacheEntry): boolean {
    return !isClosed && clock.now() - asked < MAX_UNASKED;
  }

  /** Renders what changed, and what changes meanwhile, as often as is allowed. */
  async function refresh(entry: CacheEntry): Promise<void> {
    if (entry.refreshing !== undefined) return;
    entry.refreshing = { wake: () => {} };
    try {
      while (isWanted(entry) && entry.rendered?.generation !== book.generation) {
        const wait = entry.rendered === undefined ? 0 : dueAt(entry.rendered) - clock.now();
        if (wait <= 0) {
          await renew(entry);
          continue;
        }
        const sleep = new AbortController();
        entry.refreshing = { wake: () => sleep.abort() };
        await clock.sleep(wait, sleep.signal);
      }
    } catch (error) {
      log.error("Rendering the metrics failed", { error: error instanceof Error ? error.message : "unknown" });
    } finally {
      entry.refreshing = undefined;
    }
  }

  book.onChange = () => {
    for (const entry of all) {
      if (!isWanted(entry)) put(entry, undefined);
      // What is new may be due earlier than what is waited for.
      else if (entry.refreshing === undefined) refresh(entry);
      else entry.refreshing.wake();
    }
  };

  return {
    async get({ format, gzip, names }) {
      const entry = entries[format][gzip ? "gzip" : "plain"];
      const { encoding } = entry;
      entry.asked = clock.now();
      const known = entry.rendered;
      const rendered = known !== undefined && isFresh(known) ? known : await renew(entry);
      // The book may have changed since the rendering began.
      refresh(entry);
      if (names.length > 0) return bodyOf(rendered.page, { format, encoding, identity, names });
      const { ready } = entry;
      if (ready?.of === rendered && clock.now() - ready.at < MIN_INTERVAL) return ready.body;
      const body = bodyOf(rendered.page, { format, encoding, identity, names });
      entry.ready = { of: rendered, at: clock.now(), body };
      return body;
    },
    close() {
      isClosed = true;
      for (const { refreshing } of all) refreshing?.wake();
    },
  };
}

/** With the page before goes its body: it would be memory held for nothing. */
function put(entry: CacheEntry, rendered: Rendered | undefined): void {
  entry.rendered = rendered;
  entry.ready = undefined;
}

function emptyEntry(format: Format, encoding: Encoding): CacheEntry {
  return {
    format,
    encoding,
    rendered: undefined,
    rendering: undefined,
    refreshing: undefined,
    asked: -Infinity,
    ready: undefined,
  };
}
