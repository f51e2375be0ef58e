import { log } from "../log.ts";
import type { Book } from "../watch/book.ts";
import type { Format } from "./exposition.ts";
import { type OpenGzip, openGzip } from "./gzip.ts";
import { pickedBody, wholeBody, writeEnd } from "./page_body.ts";
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

/** Formats that nobody asked for in this time are neither rendered ahead nor kept; in milliseconds. */
const ASKED_LATELY = 600_000;

const FORMATS = ["text", "openmetrics"] as const;

interface Rendered {
  readonly generation: number;
  /** From {@linkcode View}. */
  readonly goodUntil: number;
  readonly at: number;
  readonly page: Page;
  /** Compresses the page, once. */
  readonly gzip: () => Promise<OpenGzip>;
}

/** A whole body, with the end that was true when it was put together. */
interface Ready {
  readonly of: Rendered;
  readonly at: number;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

/** One format's pages. */
interface Shelf {
  rendered: Rendered | undefined;
  rendering: Promise<Rendered> | undefined;
  /** Whether somebody sees to it that changes are rendered. */
  attended: boolean;
  asked: number;
  askedGzip: number;
  /** By whether they are compressed. */
  readonly ready: Map<boolean, Ready>;
}

/**
 * Makes a store of pages. A change of the book renders, within a second and off
 * the scrape's path, the formats that were asked for lately.
 *
 * @param options see {@linkcode PageStoreOptions}
 */
export function createPageStore(options: PageStoreOptions): PageStore {
  const { book, clock, identity, self } = options;
  const shelves: Record<Format, Shelf> = { text: emptyShelf(), openmetrics: emptyShelf() };
  const closed = new AbortController();

  async function render(format: Format): Promise<Rendered> {
    const shelf = shelves[format];
    const at = clock.now();
    const view = options.view();
    self.update(book);
    const page = await renderPage(view, format, { registry: self.registry, identity, clock });
    const { generation, goodUntil } = view;
    const rendered: Rendered = { generation, goodUntil, at, page, gzip: once(() => openGzip(page.bytes)) };
    if (at - shelf.askedGzip < ASKED_LATELY) await rendered.gzip();
    put(shelf, rendered);
    return rendered;
  }

  function renew(format: Format): Promise<Rendered> {
    const shelf = shelves[format];
    shelf.rendering ??= render(format).finally(() => shelf.rendering = undefined);
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
  async function attend(format: Format): Promise<void> {
    const shelf = shelves[format];
    if (shelf.attended) return;
    shelf.attended = true;
    try {
      while (isWanted(shelf) && shelf.rendered?.generation !== book.generation) {
        const wait = (shelf.rendered?.at ?? -Infinity) + FRESH - clock.now();
        if (wait > 0) await clock.sleep(wait, closed.signal);
        else await renew(format);
      }
    } catch (error) {
      log.error("Rendering the metrics failed", { error: error instanceof Error ? error.message : "unknown" });
    } finally {
      shelf.attended = false;
    }
  }

  book.onChange = () => {
    for (const format of FORMATS) {
      if (isWanted(shelves[format])) attend(format);
      else put(shelves[format], undefined);
    }
  };

  return {
    async get({ format, gzip, names }) {
      const shelf = shelves[format];
      shelf.asked = clock.now();
      if (gzip) shelf.askedGzip = shelf.asked;
      const known = shelf.rendered;
      const rendered = known !== undefined && isFresh(known) ? known : await renew(format);
      // The book may have changed since the rendering began.
      attend(format);
      if (names.length > 0) return await pickedBody(rendered.page, names, writeEnd(format, identity, names), gzip);
      const ready = shelf.ready.get(gzip);
      if (ready?.of === rendered && clock.now() - ready.at < FRESH) return await ready.bytes;
      // Kept as a promise, so that scrapes that come together share one body.
      const bytes = assemble(rendered, writeEnd(format, identity, []), gzip);
      shelf.ready.set(gzip, { of: rendered, at: clock.now(), bytes });
      return await bytes;
    },
    close: () => closed.abort(),
  };
}

/** The bodies of the page before go with it: they would be memory held for nothing. */
function put(shelf: Shelf, rendered: Rendered | undefined): void {
  shelf.rendered = rendered;
  shelf.ready.clear();
}

async function assemble({ page, gzip }: Rendered, end: Uint8Array, zip: boolean): Promise<Uint8Array<ArrayBuffer>> {
  return wholeBody(page, end, zip ? await gzip() : undefined);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function emptyShelf(): Shelf {
  const never = -Infinity;
  return {
    rendered: undefined,
    rendering: undefined,
    attended: false,
    asked: never,
    askedGzip: never,
    ready: new Map(),
  };
}
