import type { HeldPage } from "../metrics/render_page.ts";
import type { Exchange } from "./exchange.ts";

/** Who reads which page, so that few old ones are kept. */
export interface PageReaders {
  /** A client begins to read a page. Where too much is being read, those who read the oldest page are cut off. */
  add(page: HeldPage, exchange: Exchange): void;
}

/** What clients that read old pages may keep in memory, in bytes, if they read; two pages in any case. */
const MAX_BYTES = 32 * 1024 * 1024;
/** The same where they have taken nothing for a second. */
const MAX_STALLED_BYTES = 16 * 1024 * 1024;
const MIN_PAGES = 2;

/** Makes an empty set of readers. */
export function createPageReaders(): PageReaders {
  /** The pages that are being read, the oldest first. */
  const readers = new Map<HeldPage, Set<Exchange>>();
  let bytes = 0;

  function remove(page: HeldPage, exchange: Exchange): void {
    const left = readers.get(page);
    left?.delete(exchange);
    if (left?.size !== 0 || !readers.delete(page)) return;
    bytes -= page.size;
  }

  return {
    add(page, exchange): void {
      const others = readers.get(page);
      if (others === undefined) bytes += page.size;
      readers.set(page, (others ?? new Set()).add(exchange));
      exchange.ended.then(() => remove(page, exchange));
      for (const [oldest, slow] of [...readers]) {
        if (oldest === page) return;
        const isTooMuch = (): boolean => bytes > MAX_BYTES && readers.size > MIN_PAGES;
        for (const each of [...slow]) {
          if (!isTooMuch() && !(bytes > MAX_STALLED_BYTES && each.isStalled)) continue;
          remove(oldest, each);
          each.connection.close();
        }
      }
    },
  };
}
