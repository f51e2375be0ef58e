import { PAGE_HEADERS } from "../page/layout.ts";
import { overview } from "../page/overview.ts";
import { parseQuery } from "../page/query.ts";
import type { Status } from "../status/status.ts";
import type { Clock } from "../util/clock.ts";
import type { WebHandler } from "./serve.ts";

/** Seconds until a browser loads the page again. */
const REFRESH = 30;

/**
 * Creates the handler of the page for people.
 *
 * @param read returns the present status
 */
export function createOverviewRoute(read: () => Promise<Status>, clock: Clock): WebHandler {
  return async (request) => {
    const query = parseQuery(new URL(request.url));
    const text = await overview(await read(), query, clock);
    // A `<meta>` element that refreshes is a barrier: it cannot be paused.
    const headers = { ...PAGE_HEADERS, ...(query.isPaused ? {} : { refresh: String(REFRESH) }) };
    return new Response(request.method === "HEAD" ? null : text, { headers });
  };
}
