import type { PageStore } from "../metrics/pages/page_store.ts";
import type { Health } from "./health.ts";
import { PAGE_HEADERS } from "../page/layout.ts";
import type { Links } from "../page/links.ts";
import { linksPage } from "../page/links_page.ts";
import type { PageRoutes } from "./page_routes.ts";
import { createPageReaders, sendPage, sendText } from "./send_page.ts";
import type { WebHandler } from "./serve.ts";

/** Options of {@linkcode createRoutes}. */
export interface RoutesOptions {
  readonly pages: PageStore;
  readonly health: Health;
  /** Of `/api/v1/status`. */
  readonly status: WebHandler;
  /** The pages for people; a page of links without them. Not used if the metrics are on `/`. */
  readonly people?: PageRoutes | undefined;
  readonly links: Links;
  /** What the paths of requests begin with, such as `/balances`; empty for nothing. */
  readonly routePrefix: string;
  /** The path of the metrics below it, with a leading `/`. */
  readonly telemetryPath: string;
  /**
   * Reloads the configuration; undefined if requests may not.
   *
   * @returns why it was refused; undefined if it was applied
   */
  readonly reload?: (() => Promise<string | undefined>) | undefined;
}

interface Resource {
  readonly methods: readonly string[];
  readonly handler: WebHandler;
}

/** Creates the handler of all HTTP requests. No request is passed on to a node. */
export function createRoutes(
  { pages, health, status, people, links, routePrefix, telemetryPath, reload }: RoutesOptions,
): WebHandler {
  const healthy = read(() => {
    const problems = health.problems();
    return problems.length === 0 ? sendText(200, "ok") : sendText(503, problems.join("\n"));
  });
  const ready = read(() => {
    const reason = health.notReady();
    return reason === undefined ? sendText(200, "ok") : sendText(503, reason);
  });
  const addReader = createPageReaders();
  const metrics = read((request, exchange) => sendPage(request, pages, addReader, exchange));
  const routes = new Map<string, Resource>([
    ["/", read(people?.overview ?? (() => new Response(linksPage(links), { headers: PAGE_HEADERS })))],
    ["/-/healthy", healthy],
    ["/healthz", healthy],
    ["/-/ready", ready],
    ["/readyz", ready],
    ["/-/reload", { methods: ["POST", "PUT"], handler: () => answerReload(reload) }],
    ["/api/v1/status", read(status)],
    [telemetryPath, metrics],
    [otherSlash(telemetryPath), metrics],
  ]);
  // Without the page of all wallets theirs would have no way back.
  const wallets = telemetryPath === "/" ? undefined : people && read(people.wallet);
  const toPrefix = read(() => new Response(null, { status: 302, headers: { location: `${routePrefix}/` } }));
  return (request, exchange) => {
    const path = pathBelow(routePrefix, request);
    const route = path === undefined
      ? isRoot(request) ? toPrefix : undefined
      : routes.get(path) ?? (path.startsWith("/wallets/") ? wallets : undefined);
    if (route === undefined) {
      // Browsers ask for HTML, scrapers and scripts do not.
      const isBrowser = telemetryPath !== "/" && request.headers.get("accept")?.includes("text/html");
      if (isBrowser && people !== undefined) return people.notFound(request, exchange);
      return sendText(404, `Not found. The metrics are at ${links.metrics}`);
    }
    if (route.methods.includes(request.method)) return route.handler(request, exchange);
    return sendText(405, `Method not allowed; use ${route.methods.join(" or ")}`, { allow: route.methods.join(", ") });
  };
}

/**
 * Returns the path of a request below a prefix.
 *
 * @returns undefined if it is not below it
 */
export function pathBelow(prefix: string, { url }: Request): string | undefined {
  const path = URL.parse(url)?.pathname ?? "";
  if (prefix !== "" && path === prefix) return "/";
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

function isRoot({ url }: Request): boolean {
  return URL.parse(url)?.pathname === "/";
}

function read(handler: WebHandler): Resource {
  return { methods: ["GET", "HEAD"], handler };
}

/** The page is also served with a trailing slash, or without. */
function otherSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

async function answerReload(reload: RoutesOptions["reload"]): Promise<Response> {
  if (reload === undefined) {
    return sendText(403, "Reloading is disabled; start the exporter with --web.enable-lifecycle");
  }
  const problem = await reload();
  return problem === undefined ? sendText(200, "Configuration reloaded") : sendText(500, problem);
}
