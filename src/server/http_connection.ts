import { closeQuietly } from "./listener.ts";
import type { LoopbackServer } from "./loopback_server.ts";
import { createRelay, type Relay } from "./relay.ts";

/** An HTTP connection of a client, plain or with TLS. */
export interface HttpConnection {
  /** Settles when it is closed by either side. */
  readonly finished: Promise<void>;
  /** Settles when its file descriptors are free; later than `finished` if the runtime cannot end a write. */
  readonly freed: Promise<void>;
  /**
   * Settles when the client has received everything that was sent.
   *
   * @param onProgress called whenever it has received a part
   */
  drained(onProgress: () => void): Promise<void>;
  /** Closes it at once, even within a request. */
  close(): void;
}

/** Options of {@linkcode serveConnection}. */
export interface HttpConnectionOptions {
  /** Returns the server in use. Called with the first bytes: a retired server accepts no more connections. */
  readonly server: () => LoopbackServer;
  readonly handler: Deno.ServeHandler;
  /** Called with errors that the client did not cause. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Serves a client's connection by relaying its bytes to a server on the loopback interface. So it can be closed at any
 * moment, even within a TLS handshake, and a client that sends nothing costs one file descriptor only.
 *
 * @param client an accepted connection; closed by this function
 */
export function serveConnection(client: Deno.TcpConn, options: HttpConnectionOptions): HttpConnection {
  const { server, handler, onFailure } = options;
  const open: Deno.TcpConn[] = [client];
  let release: (() => void) | undefined;
  let relay: Relay | undefined;
  let isClosed = false;

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    for (const each of open) closeQuietly(each);
    release?.();
  }

  async function run(): Promise<void> {
    const first = new Uint8Array(4096);
    const count = await client.read(first);
    if (count === null || isClosed) return;
    const connection = await server().connect(handler);
    if (isClosed) {
      closeQuietly(connection.near);
      return connection.release();
    }
    ({ release } = connection);
    open.push(connection.near);
    relay = createRelay(client, connection.near, first.subarray(0, count));
    await relay.ended;
  }

  const finished = run().catch((error) => {
    if (!isClosed && !isConnectionError(error)) onFailure(error);
  }).finally(close);
  return {
    finished,
    freed: finished.then(() => relay?.freed),
    close,
    drained: async (onProgress) => await relay?.drained(onProgress),
  };
}

function isConnectionError(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted, NotConnected } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted, NotConnected].some((kind) =>
    error instanceof kind
  );
}
