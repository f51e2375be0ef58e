import { log } from "../log.ts";
import type { Book } from "../watch/book.ts";
import type { Format } from "./exposition.ts";
import { writeGzip } from "./gzip.ts";
import { writePlain } from "./kept_text.ts";
import { pickedBody, writeEnd } from "./page_body.ts";
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

/** Keeps ready pages; a scrape is one write of a ready buffer. */
export interface PageStore {
  /** @returns the body of the answer; never to be changed */
  get(request: PageRequest): Promise<Uint8Array<ArrayBuffer>>;
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
const FRESH = 1000;

/** What nobody asked for in this time is neither rendered ahead nor kept; in milliseconds. */
const ASKED_LATELY = 600_000;

interface Rendered {
  readonly generation: number;
  /** From {@linkcode View}. */
  readonly goodUntil: number;
  readonly at: number;
  readonly page: Page;
}

/** A whole body, with the end that was true when it was put together. */
interface Ready {
  readonly of: Rendered;
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The pages of one format, plain or compressed. */
interface Shelf {
  readonly format: Format;
  readonly gzip: boolean;
  rendered: Rendered | undefined;
  rendering: Promise<Rendered> | undefined;
  /** Whether somebody sees to it that changes are rendered. */
  attended: boolean;
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
  const shelves = {
    text: { plain: emptyShelf("text", false), gzip: emptyShelf("text", true) },
    openmetrics: { plain: emptyShelf("openmetrics", false), gzip: emptyShelf("openmetrics", true) },
  };
  const closed = new AbortController();

  async function render(shelf: Shelf): Promise<Rendered> {
    const at = clock.now();
    const view = options.view();
    self.update(book);
    const writer = shelf.gzip ? writeGzip() : writePlain();
    const page = await renderPage(view, shelf.format, { registry: self.registry, identity, clock }, writer);
    const rendered: Rendered = { generation: view.generation, goodUntil: view.goodUntil, at, page };
    put(shelf, rendered);
    return rendered;
  }

  function renew(shelf: Shelf): Promise<Rendered> {
    shelf.rendering ??= render(shelf).finally(() => shelf.rendering = undefined);
    return shelf.rendering;
  }

  function isFresh({ generation, goodUntil, at }: Rendered): boolean {
    const now = clock.now();
    return now - at < FRESH || generation === book.generation && now <= goodUntil;
  }

  function isWanted({ asked }: Shelf): boolean {
    return !closed.signal.aborted && clock.now() - asked < ASKED_LATELY;
  }

  /** Renders what changed, and what changes meanwhile, at most once a second. */
  async function attend(shelf: Shelf): Promise<void> {
    if (shelf.attended) return;
    shelf.attended = true;
    try {
      while (isWanted(shelf) && shelf.rendered?.generation !== book.generation) {
        const wait = (shelf.rendered?.at ?? -Infinity) + FRESH - clock.now();
        if (wait > 0) await clock.sleep(wait, closed.signal);
        else await renew(shelf);
      }
    } catch (error) {
      log.error("Rendering the metrics failed", { error: error instanceof Error ? error.message : "unknown" });
    } finally {
      shelf.attended = false;
    }
  }

  book.onChange = () => {
    for (const { plain, gzip } of Object.values(shelves)) {
      for (const shelf of [plain, gzip]) {
        if (isWanted(shelf)) attend(shelf);
        else put(shelf, undefined);
      }
    }
  };

  return {
    async get({ format, gzip, names }) {
      const shelf = shelves[format][gzip ? "gzip" : "plain"];
      shelf.asked = clock.now();
      const known = shelf.rendered;
      const rendered = known !== undefined && isFresh(known) ? known : await renew(shelf);
      // The book may have changed since the rendering began.
      attend(shelf);
      if (names.length > 0) return await pickedBody(rendered.page, names, writeEnd(format, identity, names), gzip);
      const { ready } = shelf;
      if (ready?.of === rendered && clock.now() - ready.at < FRESH) return ready.bytes;
      const bytes = rendered.page.text.withEnd(writeEnd(format, identity, []));
      shelf.ready = { of: rendered, at: clock.now(), bytes };
      return bytes;
    },
    close: () => closed.abort(),
  };
}

/** With the page before goes its body: it would be memory held for nothing. */
function put(shelf: Shelf, rendered: Rendered | undefined): void {
  shelf.rendered = rendered;
  shelf.ready = undefined;
}

function emptyShelf(format: Format, gzip: boolean): Shelf {
  return {
    format,
    gzip,
    rendered: undefined,
    rendering: undefined,
    attended: false,
    asked: -Infinity,
    ready: undefined,
  };
}
