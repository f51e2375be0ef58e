import type { Certificate } from "./certificate.ts";

/**
 * A `Deno.serve` on the loopback, which serves the connections that are relayed to it. By itself it would accept any
 * number, keep them for ever, and stop listening for good when accepting fails once.
 */
export interface LoopbackServer {
  /**
   * Opens a connection to it.
   *
   * @param handler of the requests that arrive on this connection
   * @throws {Error} when there is no file descriptor, or no memory, for it
   */
  connect(handler: Deno.ServeHandler): Promise<LoopbackConnection>;
  /** Ends when the last of its connections is closed; settles then. */
  retire(): Promise<void>;
}

/** One connection to a {@linkcode LoopbackServer}. */
export interface LoopbackConnection {
  readonly near: Deno.TcpConn;
  /** To be called once, when it is closed. */
  release(): void;
}

interface Running {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  /** Ends it at once; only while it runs. */
  readonly end: AbortController;
}

/** One that ended by itself is started again; more often for one connection means that it cannot be. */
const MAX_STARTS = 2;

/**
 * Makes a server, which starts with its first connection.
 *
 * @param certificate for TLS 1.2 and 1.3 with HTTP/2 and HTTP/1.1; none for plain HTTP
 * @param onError makes the answer where a handler throws
 */
export function createLoopbackServer(
  certificate: Certificate | undefined,
  onError: (error: unknown) => Response,
): LoopbackServer {
  /** By the port that a connection comes from, which tells ours from those of other programs on this machine. */
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
    // It ends when accepting fails, and does not come back.
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
    // Its connections are closed, so nothing is lost; `shutdown()` would wait for handlers that never return.
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
            // The port may be in use again.
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
