import { GZIP } from "../metrics/pages/gzip.ts";
import { type Body, type Compression, PLAIN } from "../metrics/pages/piece.ts";
import type { Status } from "../status/status.ts";
import { statusJson } from "../status/status_json.ts";
import { type Clock, listInTurns } from "../util/clock.ts";
import { acceptsGzip } from "./negotiate.ts";
import { createPageReaders, pacedBody } from "./send_page.ts";
import type { WebHandler } from "./serve.ts";

/**
 * Creates the handler of `/api/v1/status`. A status is written once for all clients that get it.
 *
 * @param read returns the present status
 */
export function createStatusRoute(read: () => Promise<Status>, clock: Clock): WebHandler {
  const written = new WeakMap<Status, Map<Compression, Promise<Body>>>();
  const addReader = createPageReaders();

  function bodyOf(status: Status, compression: Compression): Promise<Body> {
    const bodies = written.get(status) ?? new Map<Compression, Promise<Body>>();
    written.set(status, bodies);
    const body = bodies.get(compression) ?? write(status, compression, clock);
    bodies.set(compression, body);
    return body;
  }

  return async (request, exchange) => {
    const status = await read();
    const gzip = acceptsGzip(request.headers.get("accept-encoding"));
    const headers = new Headers({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      etag: `W/"${status.generation}-${Math.round(1000 * status.at)}"`,
      vary: "Accept-Encoding",
    });
    if (request.headers.get("if-none-match") === headers.get("etag")) {
      return new Response(null, { status: 304, headers });
    }
    const body = await bodyOf(status, gzip ? GZIP : PLAIN);
    headers.set("content-length", String(body.size));
    if (gzip) headers.set("content-encoding", "gzip");
    if (request.method === "HEAD") return new Response(null, { headers });
    addReader(body, exchange);
    return new Response(pacedBody(body, exchange.progress), { headers });
  };
}

async function write(status: Status, compression: Compression, clock: Clock): Promise<Body> {
  const texts = statusJson(status);
  const pieces = await listInTurns(Iterator.from(texts).map((text) => compression.compress(text)), clock);
  return compression.bodyOf(pieces);
}
