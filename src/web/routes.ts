import type { PageStore } from "../metrics/page_store.ts";
import type { Book } from "../watch/book.ts";
import type { Health } from "./health.ts";
import { landingPage, PAGE_HEADERS } from "./landing_page.ts";
import { acceptsGzip, chooseFormat, CONTENT_TYPES } from "./negotiate.ts";

/** What the routes show. */
export interface RoutesOptions {
  readonly book: Book;
  readonly pages: PageStore;
  readonly health: Health;
  /** The path of the metrics, beginning with `/`. */
  readonly telemetryPath: string;
}

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Makes the handler of all HTTP requests. None of them reaches a node.
 *
 * @param options see {@linkcode RoutesOptions}
 */
export function createRoutes({ book, pages, health, telemetryPath }: RoutesOptions): Handler {
  const healthy: Handler = () => {
    const problems = health.problems();
    return problems.length === 0 ? plain(200, "ok") : plain(503, problems.join("\n"));
  };
  const ready: Handler = () => {
    const reason = health.notReady();
    return reason === undefined ? plain(200, "ok") : plain(503, reason);
  };
  const routes = new Map<string, Handler>([
    ["/", () => new Response(landingPage(book, telemetryPath), { headers: PAGE_HEADERS })],
    ["/-/healthy", healthy],
    ["/healthz", healthy],
    ["/-/ready", ready],
    ["/readyz", ready],
    [telemetryPath, (request) => metrics(request, pages)],
  ]);
  return (request) => {
    const handler = routes.get(pathOf(request.url));
    if (handler === undefined) return plain(404, `Not found. The metrics are at ${telemetryPath}`);
    if (request.method === "GET" || request.method === "HEAD") return handler(request);
    return plain(405, "Only GET and HEAD are answered here", { allow: "GET, HEAD" });
  };
}

async function metrics(request: Request, pages: PageStore): Promise<Response> {
  const format = chooseFormat(request.headers.get("accept"));
  const gzip = acceptsGzip(request.headers.get("accept-encoding"));
  const names = request.url.includes("?") ? new URL(request.url).searchParams.getAll("name[]") : [];
  const body = await pages.get({ format, gzip, names });
  const headers = new Headers({
    "content-type": CONTENT_TYPES[format],
    "content-length": String(body.length),
    vary: "Accept, Accept-Encoding",
  });
  if (gzip) headers.set("content-encoding", "gzip");
  return new Response(request.method === "HEAD" ? null : streamOf(body), { headers });
}

/** A response copies the bytes it is made of, so a hundred scrapes at once would hold a hundred pages; a stream does not. */
function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller): void {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

function plain(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
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

function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? "";
}
