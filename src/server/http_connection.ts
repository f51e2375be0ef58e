import type { LoopbackServer } from "./loopback_server.ts";
import { createRelay, type Relay } from "./relay.ts";

/** A connection of a client that speaks HTTP, plain or over TLS. */
export interface HttpConnection {
  /** Settles when it is closed, by whichever side. */
  readonly finished: Promise<void>;
  /** Settles when the process has its file descriptors back, which is later where the runtime cannot end a write. */
  readonly freed: Promise<void>;
  /**
   * Settles when nothing that was sent waits for the client.
   *
   * @param onProgress called whenever the client has taken some of it
   */
  drained(onProgress: () => void): Promise<void>;
  /** Closes it at once, whatever is under way. */
  close(): void;
}

/** What {@linkcode serveConnection} takes. */
export interface HttpConnectionOptions {
  /** The server in use when the client sends its first bytes: one that is retired takes no more connections. */
  readonly server: () => LoopbackServer;
  readonly handler: Deno.ServeHandler;
  /** It could not be served, and not for what the client did. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Serves a client's connection: its bytes are relayed to and from a server on the loopback, so that the connection can
 * be cut at any moment, within a TLS handshake too. A client that sends nothing costs nothing but its own descriptor.
 *
 * @param client a connection just accepted; closed from here on
 * @param options see {@linkcode HttpConnectionOptions}
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
    relay = createRelay({ client, near: connection.near, first: first.subarray(0, count) });
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

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
