import { EXIT, ExitError } from "../util/errors.ts";

/**
 * Checks that a certificate and its key can be used, by listening with them for a moment.
 *
 * @throws {ExitError} when they cannot
 */
export function checkCertificate(certificate: Deno.TlsCertifiedKeyPem | undefined): void {
  if (certificate === undefined) return;
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...certificate }).close();
  } catch (error) {
    const mismatch = error instanceof Error && error.message.includes("KeyMismatch");
    if (!mismatch && !(error instanceof Deno.errors.InvalidData)) throw error;
    const why = mismatch ? "the key does not match the certificate" : "not PEM, or of an unknown kind";
    throw new ExitError(EXIT.refused, `Invalid TLS certificate: ${why}`, "Check both files with openssl");
  }
}

/**
 * A `Deno.serve` on the loopback interface, for connections that are relayed to it. On a public port it would accept
 * any number of connections, keep them open forever, and stop listening when accepting fails once.
 */
export interface LoopbackServer {
  /**
   * Opens a connection.
   *
   * @param handler for the requests on this connection
   * @throws {Error} when there is no file descriptor or memory for it
   */
  connect(handler: Deno.ServeHandler): Promise<LoopbackConnection>;
  /** Ends the server after its last connection is closed; settles then. */
  retire(): Promise<void>;
}

/** One connection to a {@linkcode LoopbackServer}. */
export interface LoopbackConnection {
  readonly near: Deno.TcpConn;
  /** Call once, when it is closed. */
  release(): void;
}

interface Running {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  /** Ends a running server at once. */
  readonly end: AbortController;
}

/** Attempts per connection: a server that ended by itself is restarted one time. */
const MAX_STARTS = 2;

/**
 * Creates a server, which starts with its first connection.
 *
 * @param certificate for TLS 1.2 and 1.3 with HTTP/2 and HTTP/1.1; undefined for plain HTTP
 * @param onError returns the response if a handler throws
 */
export function createLoopbackServer(
  certificate: Deno.TlsCertifiedKeyPem | undefined,
  onError: (error: unknown) => Response,
): LoopbackServer {
  /** By the source port of a connection: connections of other programs on this machine are refused. */
  const handlers = new Map<number, Deno.ServeHandler>();
  let running: Running | undefined;
  let connecting = 0;
  const retired = Promise.withResolvers<void>();
  let isRetired = false;

  function start(): Running {
    const end = new AbortController();
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      ...certificate,
      signal: end.signal,
      onListen: () => {},
      onError,
      handler(request, info) {
        const handler = handlers.get(info.remoteAddr.port);
        return handler === undefined ? new Response("Forbidden\n", { status: 403 }) : handler(request, info);
      },
    });
    // Deno.serve ends when accepting fails, and does not restart.
    const started = { server, end };
    server.finished.catch(() => {}).then(() => {
      if (running === started) running = undefined;
    });
    return started;
  }

  async function dial(): Promise<Deno.TcpConn> {
    for (let attempt = 1;; attempt++) {
      const { server: { addr } } = running ??= start();
      try {
        return await Deno.connect({ hostname: addr.hostname, port: addr.port });
      } catch (error) {
        if (attempt >= MAX_STARTS || !(error instanceof Deno.errors.ConnectionRefused)) throw error;
        running = undefined;
      }
    }
  }

  function endIfUnused(): void {
    if (!isRetired || handlers.size + connecting > 0) return;
    // All connections are closed, so nothing is lost; `shutdown()` would wait for handlers that never return.
    running?.end.abort();
    const finished = running?.server.finished ?? Promise.resolve();
    finished.catch(() => {}).then(retired.resolve);
  }

  return {
    async connect(handler): Promise<LoopbackConnection> {
      connecting++;
      try {
        const near = await dial();
        const { port } = near.localAddr as Deno.NetAddr;
        handlers.set(port, handler);
        return {
          near,
          release(): void {
            // The port may already be reused.
            if (handlers.get(port) === handler) handlers.delete(port);
            endIfUnused();
          },
        };
      } finally {
        connecting--;
      }
    },
    retire(): Promise<void> {
      isRetired = true;
      endIfUnused();
      return retired.promise;
    },
  };
}
