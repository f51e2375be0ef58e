import { log } from "../log.ts";
import { type Format, writeHead, writeLabels } from "./exposition.ts";
import { closeGzip, type OpenGzip, openGzip } from "./gzip.ts";
import { PROCESS_FAMILIES } from "./process_families.ts";
import { join, type Page, pick, type RenderOptions, renderPage } from "./render_page.ts";
import type { SelfMetrics } from "./self_metrics.ts";
import type { View } from "./view.ts";
import type { Book } from "../watch/book.ts";

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

/** Formats that nobody asked for in this time are not rendered ahead; in milliseconds. */
const ASKED_LATELY = 600_000;

interface Rendered {
  readonly generation: number;
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
  asked: number;
  askedGzip: number;
  readonly ready: Map<boolean, Ready>;
}

/**
 * Makes a store of pages. A change of the book renders, within a second and off
 * the scrape's path, the formats that were asked for lately.
 *
 * @param options see {@linkcode PageStoreOptions}
 */
export function createPageStore(options: PageStoreOptions): PageStore {
  const { book, clock } = options;
  const shelves: Record<Format, Shelf> = { text: emptyShelf(), openmetrics: emptyShelf() };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  async function render(format: Format): Promise<Rendered> {
    const shelf = shelves[format];
    const view = options.view();
    const at = clock.now();
    options.self.update(book);
    const page = await renderPage(view, format, { ...options, registry: options.self.registry });
    const rendered: Rendered = { generation: view.generation, at, page, gzip: once(() => openGzip(page.bytes)) };
    if (at - shelf.askedGzip < ASKED_LATELY) await rendered.gzip();
    shelf.rendered = rendered;
    return rendered;
  }

  function renew(format: Format): Promise<Rendered> {
    const shelf = shelves[format];
    shelf.rendering ??= render(format).finally(() => shelf.rendering = undefined);
    return shelf.rendering;
  }

  function isFresh(rendered: Rendered): boolean {
    return rendered.generation === book.generation || clock.now() - rendered.at < FRESH;
  }

  book.onChange = () => {
    const now = clock.now();
    const wanted = (["text", "openmetrics"] as const).filter((format) => now - shelves[format].asked < ASKED_LATELY);
    if (timer !== undefined || closed || wanted.length === 0) return;
    const last = Math.max(...wanted.map((format) => shelves[format].rendered?.at ?? -Infinity));
    timer = setTimeout(() => {
      timer = undefined;
      for (const format of wanted) renew(format).catch(report);
    }, Math.max(0, last + FRESH - now));
  };

  return {
    async get({ format, gzip, names }) {
      const shelf = shelves[format];
      shelf.asked = clock.now();
      if (gzip) shelf.askedGzip = shelf.asked;
      const known = shelf.rendered;
      const rendered = known !== undefined && isFresh(known) ? known : await renew(format);
      const end = endOf(format, options, names);
      if (names.length > 0) return await pickNames(rendered.page, names, end, gzip);
      const ready = shelf.ready.get(gzip);
      if (ready?.of === rendered && clock.now() - ready.at < FRESH) return await ready.bytes;
      // Kept as a promise, so that scrapes that come together share one body.
      const bytes = assemble(rendered, end, gzip);
      shelf.ready.set(gzip, { of: rendered, at: clock.now(), bytes });
      return await bytes;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function assemble({ page, gzip }: Rendered, end: Uint8Array, zip: boolean): Promise<Uint8Array<ArrayBuffer>> {
  return total(zip ? closeGzip(await gzip(), end) : [page.bytes, end]);
}

async function pickNames(
  page: Page,
  names: readonly string[],
  end: Uint8Array,
  gzip: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts = pick(page, new Set(names));
  if (!gzip) return total([...parts, end]);
  return total(closeGzip(await openGzip(total(parts)), end));
}

/** What is true at the moment of the scrape only, and the end mark. */
function endOf(format: Format, { identity }: PageStoreOptions, names: readonly string[]): Uint8Array {
  const labels = writeLabels([["namespace", identity.namespace], ["release", identity.release]]);
  const families = PROCESS_FAMILIES.filter(({ name }) => names.length === 0 || names.includes(name));
  const text = families.map((family) => `${writeHead(family, format)}${family.name}{${labels}} ${family.read()}\n`);
  return new TextEncoder().encode(text.join("") + (format === "openmetrics" ? "# EOF\n" : ""));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function report(error: unknown): void {
  log.error("Rendering the metrics failed", { error: error instanceof Error ? error.message : "unknown" });
}

function total(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return join(parts, parts.reduce((size, part) => size + part.length, 0));
}

function emptyShelf(): Shelf {
  return { rendered: undefined, rendering: undefined, asked: -Infinity, askedGzip: -Infinity, ready: new Map() };
}
