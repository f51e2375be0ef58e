import { ENCODERS } from "../metrics/encoders/encoders.ts";
import type { PageStore } from "../metrics/pages/page_store.ts";
import type { Body } from "../metrics/pages/piece.ts";
import type { HeldPage } from "../metrics/pages/render_page.ts";
import type { Exchange } from "./connection.ts";
import { acceptsGzip, chooseFormat } from "./negotiate.ts";

/** Sends a page of metrics in the format that the client prefers. */
export async function sendPage(
  request: Request,
  pages: PageStore,
  addReader: AddReader,
  exchange: Exchange,
): Promise<Response> {
  const format = chooseFormat(request.headers.get("accept"));
  const gzip = acceptsGzip(request.headers.get("accept-encoding"));
  const names = request.url.includes("?") ? new URL(request.url).searchParams.getAll("name[]") : [];
  const body = await pages.get({ format, gzip, names });
  const headers = new Headers({
    "content-type": ENCODERS[format].contentType,
    "content-length": String(body.size),
    vary: "Accept, Accept-Encoding",
  });
  if (gzip) headers.set("content-encoding", "gzip");
  if (request.method === "HEAD") return new Response(null, { headers });
  addReader(body.page, exchange);
  return new Response(pacedBody(body, exchange.progress), { headers });
}

/** Makes a response with one line of text. */
export function sendText(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

/** Memory of pages that clients are receiving, in bytes; two pages are always allowed. */
const MAX_BYTES = 32 * 1024 * 1024;
/** The same for clients that have received nothing for a second. */
const MAX_STALLED_BYTES = 16 * 1024 * 1024;
const MIN_PAGES = 2;

/**
 * Limits the memory of old pages that slow clients still receive.
 *
 * @returns a function that adds a client that receives a page; above the limit, clients that receive the oldest page are
 * disconnected
 */
export function createPageReaders(): AddReader {
  /** By page, the oldest first. */
  const readers = new Map<HeldPage, Set<Exchange>>();
  let bytes = 0;

  function remove(page: HeldPage, exchange: Exchange): void {
    const left = readers.get(page);
    left?.delete(exchange);
    if (left?.size !== 0 || !readers.delete(page)) return;
    bytes -= page.size;
  }

  return (page, exchange) => {
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
  };
}

type AddReader = (page: HeldPage, exchange: Exchange) => void;

/** Bytes per turn of the event loop: smaller parts are sent together, so that not each costs a turn. */
const SLICE_BYTES = 256 * 1024;

/**
 * Creates a response body that is sent at the pace of the client. Its parts are shared with other responses and not
 * copied, so that a hundred concurrent scrapes do not hold a hundred pages.
 *
 * @param onProgress called when the client has room for another slice
 */
export function pacedBody({ parts }: Body, onProgress: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  let sent = 0;
  return new ReadableStream({
    pull(controller): void {
      onProgress();
      for (let room = SLICE_BYTES; room > 0;) {
        const part = parts[next];
        if (part === undefined) return controller.close();
        const piece = part.subarray(sent, sent + room);
        if (piece.length > 0) controller.enqueue(piece);
        room -= piece.length;
        sent += piece.length;
        if (sent < part.length) continue;
        next++;
        sent = 0;
      }
    },
  }, { highWaterMark: 0 });
}
