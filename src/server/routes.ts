import type { PageStore } from "../metrics/page_store.ts";
import type { Book } from "../poller/book.ts";
import type { Health } from "./health.ts";
import { landingPage, PAGE_HEADERS } from "./landing_page.ts";
import { acceptsGzip, chooseFormat, CONTENT_TYPES } from "./negotiate.ts";
import type { Exchange } from "./exchange.ts";
import { pacedBody } from "./paced_body.ts";
import { createPageReaders, type PageReaders } from "./page_readers.ts";
import type { WebHandler } from "./serve.ts";

/** What the routes show. */
export interface RoutesOptions {
  readonly book: Book;
  readonly pages: PageStore;
  readonly health: Health;
  /** The path of the metrics, beginning with `/`. */
  readonly telemetryPath: string;
  /**
   * Reloads the configuration; none where requests may not.
   *
   * @returns why it was refused; nothing when it was applied
   */
  readonly reload?: (() => Promise<string | undefined>) | undefined;
}

interface Route {
  readonly methods: readonly string[];
  readonly handler: WebHandler;
}

/**
 * Makes the handler of all HTTP requests. None of them reaches a node.
 *
 * @param options see {@linkcode RoutesOptions}
 */
export function createRoutes({ book, pages, health, telemetryPath, reload }: RoutesOptions): WebHandler {
  const healthy = read(() => {
    const problems = health.problems();
    return problems.length === 0 ? plain(200, "ok") : plain(503, problems.join("\n"));
  });
  const ready = read(() => {
    const reason = health.notReady();
    return reason === undefined ? plain(200, "ok") : plain(503, reason);
  });
  const readers = createPageReaders();
  const metrics = read((request, exchange) => sendPage(request, pages, readers, exchange));
  const routes = new Map<string, Route>([
    ["/", read(() => new Response(landingPage(book, telemetryPath), { headers: PAGE_HEADERS }))],
    ["/-/healthy", healthy],
    ["/healthz", healthy],
    ["/-/ready", ready],
    ["/readyz", ready],
    ["/-/reload", { methods: ["POST", "PUT"], handler: () => answerReload(reload) }],
    [telemetryPath, metrics],
    [otherSlash(telemetryPath), metrics],
  ]);
  return (request, exchange) => {
    const route = routes.get(pathOf(request.url));
    if (route === undefined) return plain(404, `Not found. The metrics are at ${telemetryPath}`);
    if (route.methods.includes(request.method)) return route.handler(request, exchange);
    return plain(405, `Only ${route.methods.join(" and ")} are answered here`, { allow: route.methods.join(", ") });
  };
}

function read(handler: WebHandler): Route {
  return { methods: ["GET", "HEAD"], handler };
}

/** A path with a slash at its end is the same page. */
function otherSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

async function answerReload(reload: RoutesOptions["reload"]): Promise<Response> {
  if (reload === undefined) return plain(403, "The exporter was started without --web.enable-lifecycle");
  const problem = await reload();
  return problem === undefined ? plain(200, "Configuration reloaded") : plain(500, problem);
}

async function sendPage(
  request: Request,
  pages: PageStore,
  readers: PageReaders,
  exchange: Exchange,
): Promise<Response> {
  const format = chooseFormat(request.headers.get("accept"));
  const gzip = acceptsGzip(request.headers.get("accept-encoding"));
  const names = request.url.includes("?") ? new URL(request.url).searchParams.getAll("name[]") : [];
  const body = await pages.get({ format, gzip, names });
  const headers = new Headers({
    "content-type": CONTENT_TYPES[format],
    "content-length": String(body.size),
    vary: "Accept, Accept-Encoding",
  });
  if (gzip) headers.set("content-encoding", "gzip");
  if (request.method === "HEAD") return new Response(null, { headers });
  readers.add(body.page, exchange);
  return new Response(pacedBody(body, exchange.take), { headers });
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
