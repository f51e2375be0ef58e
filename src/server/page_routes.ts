import { GZIP } from "../metrics/pages/gzip.ts";
import { concat, PLAIN } from "../metrics/pages/piece.ts";
import { PAGE_HEADERS } from "../page/layout.ts";
import type { Links } from "../page/links.ts";
import { overview } from "../page/overview.ts";
import { notFoundPage } from "../page/not_found.ts";
import { parseQuery } from "../page/query.ts";
import { walletPage, walletsAt } from "../page/wallet_page.ts";
import type { Label } from "../metrics/model/series.ts";
import type { Status } from "../status/status.ts";
import type { Clock } from "../util/clock.ts";
import { acceptsGzip } from "./negotiate.ts";
import type { WebHandler } from "./serve.ts";

/** Seconds until a browser loads the page again. */
const REFRESH = 30;

/** What the pages are made of. */
export interface PageSource {
  /** Returns the present status. */
  readonly read: () => Promise<Status>;
  /** The labels of every series. */
  readonly common: readonly Label[];
  readonly links: Links;
  /** What the paths of requests begin with; empty for nothing. */
  readonly routePrefix: string;
  readonly clock: Clock;
}

/** The handlers of the pages for people. */
export interface PageRoutes {
  readonly overview: WebHandler;
  /** Of the paths that begin with `/wallets/`. */
  readonly wallet: WebHandler;
  /** Of all paths that have nothing. */
  readonly notFound: WebHandler;
}

/** Creates the handlers of the pages for people. */
export function createPageRoutes({ read, common, links, routePrefix, clock }: PageSource): PageRoutes {
  return {
    async overview(request) {
      const query = parseQuery(new URL(request.url));
      return respond(request, await overview(await read(), query, links, clock), query.isPaused);
    },
    async wallet(request) {
      const url = new URL(request.url);
      const [network = "", address = "", ...rest] = url.pathname.slice(routePrefix.length).split("/").slice(2)
        .map(decode);
      const { isPaused } = parseQuery(url);
      const status = await read();
      const wallets = rest.length > 0 ? [] : walletsAt(status, network, address);
      if (wallets.length === 0) return respond(request, notFoundPage(status, links, true), true, 404);
      return respond(request, walletPage({ status, wallets, common, isPaused, links, clock }), isPaused);
    },
    async notFound(request) {
      return respond(request, notFoundPage(await read(), links, false), true, 404);
    },
  };
}

function respond(request: Request, text: string, isPaused: boolean, status = 200): Response {
  const gzip = acceptsGzip(request.headers.get("accept-encoding"));
  const compression = gzip ? GZIP : PLAIN;
  const bytes = concat(compression.bodyOf([compression.compress(text)]));
  const headers = new Headers({ ...PAGE_HEADERS, "content-length": String(bytes.length), vary: "Accept-Encoding" });
  if (gzip) headers.set("content-encoding", "gzip");
  // A `<meta>` element that refreshes is a barrier: it cannot be paused.
  if (!isPaused) headers.set("refresh", String(REFRESH));
  return new Response(request.method === "HEAD" ? null : bytes, { status, headers });
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
