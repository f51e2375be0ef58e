import { type Certificate, listenTls } from "./certificate.ts";
import { type HttpConnection, serveConnection } from "./http_connection.ts";
import { createRelay, type Relay } from "./relay.ts";

/** What {@linkcode serveTlsConnection} takes. */
export interface TlsConnectionOptions {
  readonly certificate: Certificate;
  readonly handler: Deno.ServeHandler;
  /** Makes the answer where the handler throws. */
  readonly onError: (error: unknown) => Response;
  /** No TLS connection could be opened. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Serves HTTP over TLS on one connection. The runtime keeps a connection whose TLS handshake has begun until the client
 * closes it, whatever is done here. So it gets one end of a pair on the loopback, and its bytes are relayed from and to
 * the client: with the other end closed, it gives up. A client that sends nothing has no pair.
 *
 * @param client a connection just accepted; closed from here on
 * @param options see {@linkcode TlsConnectionOptions}
 */
export function serveTlsConnection(client: Deno.TcpConn, options: TlsConnectionOptions): HttpConnection {
  const { certificate, handler, onError, onFailure } = options;
  const open: Deno.TcpConn[] = [client];
  let http: HttpConnection | undefined;
  let relay: Relay | undefined;
  let isClosed = false;

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    http?.close();
    for (const each of open) closeQuietly(each);
  }

  async function run(): Promise<void> {
    const first = new Uint8Array(4096);
    const count = await client.read(first);
    if (count === null || isClosed) return;
    const { near, tls } = await openPair(certificate);
    if (isClosed) {
      tls.close();
      near.close();
      return;
    }
    open.push(near);
    http = serveConnection(tls, handler, onError);
    relay = createRelay({ client, near, first: first.subarray(0, count) });
    await relay.ended;
  }

  const finished = run().catch((error) => {
    if (!isClosed && !isConnectionError(error)) onFailure(error);
  }).finally(close);
  // Later where the runtime cannot end a write that waits for the client.
  return { finished, freed: finished.then(() => relay?.freed), close, drained: async () => await relay?.drained() };
}

interface Pair {
  /** The end that is ours. */
  readonly near: Deno.TcpConn;
  /** The end that speaks TLS. */
  readonly tls: Deno.TlsConn;
}

/** Nobody else can connect to a port that is open for one connection only. */
async function openPair(certificate: Certificate): Promise<Pair> {
  for (;;) {
    using listener = listenTls(certificate);
    const accepted = listener.accept();
    accepted.catch(() => {});
    const { hostname, port } = listener.addr as Deno.NetAddr;
    const near = await Deno.connect({ hostname, port });
    const tls = await accepted.catch((error) => {
      near.close();
      throw error;
    });
    const remote = tls.remoteAddr as Deno.NetAddr;
    if (remote.port === (near.localAddr as Deno.NetAddr).port) return { near, tls };
    // Somebody else on this machine was faster.
    tls.close();
    near.close();
  }
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
