import type { Clock } from "../util/clock.ts";
import { describeError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import { checkCertificate, createLoopbackServer, type LoopbackServer } from "./loopback_server.ts";
import { clientAddress, createConnections } from "./connections.ts";
import type { Exchange } from "./connection.ts";
import { serveConnection } from "./http_connection.ts";
import { isExhaustion, keepListening, type ListenAddress, type Listening, openListener } from "./listener.ts";

/** Handles a request. */
export type WebHandler = (request: Request, exchange: Exchange) => Response | Promise<Response>;

/** A running server. */
export interface Server {
  /** The listen addresses, such as `http://[::]:8080` for all addresses. */
  readonly urls: readonly string[];
  /** Returns the addresses that it does not listen on at the moment, with the reasons. */
  problems(): readonly string[];
  /**
   * Uses another certificate, or none, for new connections. Pending requests end on their old connections.
   *
   * @throws {ExitError} when the certificate cannot be used; the previous one stays in use
   */
  renew(certificate: Deno.TlsCertifiedKeyPem | undefined): void;
  /** Accepts no more connections and waits for pending requests, for `timeout` milliseconds at most. */
  stop(timeout: number): Promise<void>;
}

/** Options of {@linkcode serve}. */
export interface ServeOptions {
  readonly addresses: readonly ListenAddress[];
  /** If it throws, the response is 500 and the error is logged. */
  readonly handler: WebHandler;
  /** For TLS 1.2 and 1.3; undefined for plain HTTP. */
  readonly certificate?: Deno.TlsCertifiedKeyPem | undefined;
  readonly clock: Clock;
  /** Maximum number of connections per client; 0 for no limit. */
  readonly maxPerClient: number;
}

/**
 * Starts a server.
 *
 * @throws {ExitError} when an address or the certificate cannot be used
 */
export function serve(options: ServeOptions): Server {
  const { addresses, handler, certificate, clock, maxPerClient } = options;
  const connections = createConnections({ clock, maxPerClient });
  let isTls = certificate !== undefined;
  checkCertificate(certificate);
  let current = createLoopbackServer(certificate, failed);
  /** The server in use, and retired ones that still have connections. */
  const servers = new Set<LoopbackServer>([current]);

  function onConnection(connection: Deno.TcpConn): void {
    const { hostname } = connection.remoteAddr as Deno.NetAddr;
    const admitted = connections.admit(clientAddress(hostname), () => {
      http.close();
      return http.freed;
    });
    if (admitted === undefined) return connection.close();
    const { begin, close } = admitted;

    async function handle(request: Request, { completed }: Deno.ServeHandlerInfo): Promise<Response> {
      const exchange = begin();
      completed.catch(() => {}).then(() => http.drained(exchange.progress)).finally(exchange.end);
      try {
        return await handler(request, exchange);
      } finally {
        exchange.startResponse();
      }
    }

    const http = serveConnection(connection, { server: () => current, handler: handle, onFailure });
    http.finished.then(close);
  }

  function onFailure(error: unknown): void {
    if (isExhaustion(error)) onExhausted();
    log.debug("Serving a connection failed", { error: describeError(error) });
  }

  function onExhausted(): void {
    const max = connections.shrink();
    if (max !== undefined) log.warn("Out of file descriptors, reducing the connection limit", { max });
  }

  const listeners: Listening[] = [];
  try {
    for (const wanted of addresses) {
      listeners.push(keepListening({ wanted, open: openListener, onConnection, onExhausted, clock }));
    }
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }

  return {
    get urls(): readonly string[] {
      const scheme = isTls ? "https" : "http";
      return listeners.map(({ authority }) => `${scheme}://${authority}`);
    },
    problems: () => listeners.flatMap(({ problem }) => problem ?? []),
    renew(next): void {
      checkCertificate(next);
      const before = current;
      current = createLoopbackServer(next, failed);
      isTls = next !== undefined;
      servers.add(current);
      void before.retire().then(() => servers.delete(before));
      connections.retire();
    },
    async stop(timeout) {
      for (const listener of listeners) listener.close();
      await connections.drain(timeout);
      await Promise.all([...servers].map((server) => server.retire()));
    },
  };
}

function failed(error: unknown): Response {
  log.error("Request handler failed", { error: error instanceof Error ? error.message : "unknown" });
  return new Response("Internal error\n", { status: 500 });
}
