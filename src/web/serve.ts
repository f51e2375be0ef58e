import { EXIT, ExitError } from "../errors.ts";
import { log } from "../log.ts";

/** Where to listen. */
export interface ListenAddress {
  /** An address or name; empty for all addresses of both families. */
  readonly hostname: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** A certificate chain and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A server that listens. */
export interface Server {
  /** Where it can be reached, such as `http://localhost:8080`. */
  readonly url: string;
  /**
   * Serves with another certificate from now on, or without. Requests under way
   * end as they began; for some milliseconds no new ones are taken. To be called
   * again only when it has settled.
   *
   * @param stop ends the waiting for a port that another program has taken
   *
   * @throws {ExitError} when the certificate cannot be used; the one before stays in use
   */
  renew(certificate: Certificate | undefined, stop?: AbortSignal): Promise<void>;
  /** Takes no more requests and waits for those under way, but not longer than given, in milliseconds. */
  stop(patience: number): Promise<void>;
}

type Listening = Deno.HttpServer<Deno.NetAddr>;

/** How long it is waited for a port that is not free again, in milliseconds, the first time and at most. */
const FIRST_WAIT = 1;
const LONGEST_WAIT = 250;

/**
 * Starts serving.
 *
 * @param address where; all addresses means IPv6 and IPv4, or IPv4 where there is no IPv6
 * @param handler of every request; what it throws is answered with 500 and logged
 * @param certificate for TLS 1.2 and 1.3; none for plain HTTP
 * @throws {ExitError} when the address cannot be had, or the certificate cannot be used
 */
export function serve(address: ListenAddress, handler: Deno.ServeHandler, certificate?: Certificate): Server {
  let server = listen(address, handler, certificate);
  let current = certificate;
  let isStopped = false;
  const { hostname, port } = server.addr;
  const reachable = ["::", "0.0.0.0"].includes(hostname) ? "localhost" : hostname;
  const leaving = new Set<Promise<void>>();

  function leave(old: Listening): void {
    const done = old.shutdown().finally(() => leaving.delete(done));
    leaving.add(done);
  }

  /** The port is free some milliseconds after the server before has left it; whoever takes it meanwhile is waited for. */
  async function takeOver(next: Certificate | undefined, stop: AbortSignal | undefined): Promise<void> {
    let isTold = false;
    for (let wait = FIRST_WAIT; !isStopped && stop?.aborted !== true; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      try {
        server = open(hostname, port, handler, next);
        current = next;
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse)) throw error;
        if (wait === LONGEST_WAIT && !isTold) {
          isTold = true;
          log.error("The port is taken by another program, it is waited for", { port });
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  return {
    get url(): string {
      const scheme = current === undefined ? "http" : "https";
      return `${scheme}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
    },
    async renew(next, stop): Promise<void> {
      if (next !== undefined) await open("127.0.0.1", 0, handler, next).shutdown();
      leave(server);
      await takeOver(next, stop);
    },
    async stop(patience) {
      isStopped = true;
      leave(server);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const waited = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
      await Promise.race([Promise.all(leaving), waited]);
      clearTimeout(timer);
    },
  };
}

function open(
  hostname: string,
  port: number,
  handler: Deno.ServeHandler,
  certificate: Certificate | undefined,
): Listening {
  const options = { hostname, port, onListen: () => {}, onError: failed };
  if (certificate === undefined) return Deno.serve(options, handler);
  try {
    return Deno.serve({ ...options, ...certificate }, handler);
  } catch (error) {
    const mismatch = error instanceof Error && error.message.includes("KeyMismatch");
    if (!mismatch && !(error instanceof Deno.errors.InvalidData)) throw error;
    const why = mismatch ? "the key is not that of the certificate" : "it is no PEM, or of a kind that is not known";
    throw new ExitError(EXIT.refused, `The TLS certificate cannot be used: ${why}`, "Check both with openssl");
  }
}

function listen(
  { hostname, port }: ListenAddress,
  handler: Deno.ServeHandler,
  certificate: Certificate | undefined,
): Listening {
  const hosts = hostname === "" ? ["::", "0.0.0.0"] : [hostname];
  for (const [index, host] of hosts.entries()) {
    try {
      return open(host, port, handler, certificate);
    } catch (error) {
      if (error instanceof ExitError) throw error;
      if (error instanceof Deno.errors.AddrInUse) {
        const advice = "Stop the other program, or choose another port with METRICS_PORT or --web.listen-address";
        throw new ExitError(EXIT.failure, `Port ${port} is in use by another program`, advice);
      }
      if (index === hosts.length - 1) throw cannotListen(host, port, error);
    }
  }
  throw cannotListen(hostname, port, undefined);
}

function cannotListen(hostname: string, port: number, error: unknown): ExitError {
  const why = error instanceof Deno.errors.PermissionDenied
    ? "this user may not open that port"
    : error instanceof Deno.errors.AddrNotAvailable
    ? "this machine does not have that address"
    : "the address cannot be opened";
  const advice = "Choose another address with --web.listen-address";
  return new ExitError(EXIT.failure, `Cannot listen on ${hostname}, port ${port}: ${why}`, advice);
}

function failed(error: unknown): Response {
  log.error("Answering a request failed", { error: error instanceof Error ? error.message : "unknown" });
  return new Response("Internal error\n", { status: 500 });
}
