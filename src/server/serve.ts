import type { Clock } from "../util/clock.ts";
import { describeError } from "../util/describe_error.ts";
import { log } from "../util/log.ts";
import { type Certificate, checkCertificate } from "./certificate.ts";
import { clientAddress } from "./client_address.ts";
import { createConnections } from "./connections.ts";
import type { Exchange } from "./exchange.ts";
import { serveConnection } from "./http_connection.ts";
import { isExhaustion, keepListening, type Listening } from "./keep_listening.ts";
import { createLoopbackServer, type LoopbackServer } from "./loopback_server.ts";
import { type ListenAddress, openListener } from "./open_listener.ts";

/** Answers a request. */
export type WebHandler = (request: Request, exchange: Exchange) => Response | Promise<Response>;

/** A server that listens. */
export interface Server {
  /** Where it listens, such as `http://[::]:8080` for all addresses. */
  readonly urls: readonly string[];
  /** @returns the addresses where it does not listen just now, a line each, with the reason */
  problems(): readonly string[];
  /**
   * Serves new connections with another certificate from now on, or without. Requests under way end as they began.
   *
   * @throws {ExitError} when the certificate cannot be used; the one before stays in use
   */
  renew(certificate: Certificate | undefined): void;
  /** Takes no more requests and waits for those under way, but not longer than given, in milliseconds. */
  stop(patience: number): Promise<void>;
}

/** What {@linkcode serve} takes. */
export interface ServeOptions {
  /** Where; all addresses means IPv6 and IPv4, or IPv4 where there is no IPv6. */
  readonly addresses: readonly ListenAddress[];
  /** Of every request; what it throws is answered with 500 and logged. */
  readonly handler: WebHandler;
  /** For TLS 1.2 and 1.3; none for plain HTTP. */
  readonly certificate?: Certificate | undefined;
  readonly clock: Clock;
  /** The most connections of one client; 0 for any number. */
  readonly maxPerClient: number;
}

/**
 * Starts serving.
 *
 * @param options see {@linkcode ServeOptions}
 * @throws {ExitError} when an address or the certificate cannot be used
 */
export function serve(options: ServeOptions): Server {
  const { addresses, handler, certificate, clock, maxPerClient } = options;
  const connections = createConnections({ clock, maxPerClient });
  let isTls = certificate !== undefined;
  checkCertificate(certificate);
  let current = createLoopbackServer(certificate, failed);
  /** The one in use, and those before that still have connections. */
  const servers = new Set<LoopbackServer>([current]);

  function onConnection(connection: Deno.TcpConn): void {
    const { hostname } = connection.remoteAddr as Deno.NetAddr;
    const admitted = connections.admit(clientAddress(hostname), () => {
      http.close();
      return http.freed;
    });
    if (admitted === undefined) return connection.close();
    const { begin, close } = admitted;

    async function answer(request: Request, { completed }: Deno.ServeHandlerInfo): Promise<Response> {
      const exchange = begin();
      completed.catch(() => {}).then(() => http.drained(exchange.take)).finally(exchange.end);
      try {
        return await handler(request, exchange);
      } finally {
        exchange.answer();
      }
    }

    const http = serveConnection(connection, { server: () => current, handler: answer, onFailure });
    http.finished.then(close);
  }

  function onFailure(error: unknown): void {
    if (isExhaustion(error)) onExhausted();
    log.debug("A connection could not be served", { error: describeError(error) });
  }

  function onExhausted(): void {
    const max = connections.shrink();
    if (max !== undefined) log.warn("No file descriptor is left, fewer connections are kept open", { max });
  }

  const listeners: { readonly address: ListenAddress; readonly listening: Listening }[] = [];
  try {
    for (const wanted of addresses) {
      const first = openListener(wanted);
      const { hostname, port } = first.addr as Deno.NetAddr;
      const address = { hostname, port };
      const listening = keepListening({
        address: authority(address),
        first,
        open: () => openListener(address),
        onConnection,
        onExhausted,
        clock,
      });
      listeners.push({ address, listening });
    }
  } catch (error) {
    for (const { listening } of listeners) listening.close();
    throw error;
  }

  return {
    get urls(): readonly string[] {
      const scheme = isTls ? "https" : "http";
      return listeners.map(({ address }) => `${scheme}://${authority(address)}`);
    },
    problems: () => listeners.flatMap(({ listening }) => listening.problem ?? []),
    renew(next): void {
      checkCertificate(next);
      const before = current;
      current = createLoopbackServer(next, failed);
      isTls = next !== undefined;
      servers.add(current);
      void before.retire().then(() => servers.delete(before));
      connections.retire();
    },
    async stop(patience) {
      for (const { listening } of listeners) listening.close();
      await connections.drain(patience);
      await Promise.all([...servers].map((server) => server.retire()));
    },
  };
}

function authority({ hostname, port }: ListenAddress): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function failed(error: unknown): Response {
  log.error("Answering a request failed", { error: error instanceof Error ? error.message : "unknown" });
  return new Response("Internal error\n", { status: 500 });
}
