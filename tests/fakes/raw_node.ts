import { dripUntilGone, isGone, keepSilent, pause, writeAll } from "./connection.ts";

/** What a server does with a connection; it is closed when this ends. */
export type Conduct = (connection: Connection) => Promise<void>;

/** A connection as a conduct sees it. */
export interface Connection {
  /** Waits for the beginning of a request. */
  hear(): Promise<void>;
  /** Waits until the client has closed the connection. */
  end(): Promise<void>;
  /** Sends bytes as they are. */
  say(text: string | Uint8Array): Promise<void>;
  /** Waits; without a time, until the client has closed the connection: its request is held, see `stalls.ts`. */
  wait(ms?: number): Promise<void>;
  /** Sends a little at a time, without an end: the request is held. */
  drip(say: (index: number) => Promise<void>): Promise<void>;
}

/** A server that speaks, or does not speak, as its conduct says. */
export interface RawNode extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** How many connections were made to it. */
  readonly connections: number;
}

/**
 * Starts a TCP server on a free port of 127.0.0.1.
 *
 * @param conduct what it does with every connection
 */
export function startRawNode(conduct: Conduct): RawNode {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const accepting = accept();
  async function accept(): Promise<void> {
    for await (const connection of listener) running.push(serve(connection, conduct, stop.signal));
  }
  return {
    port: listener.addr.port,
    url: `http://127.0.0.1:${listener.addr.port}`,
    get connections(): number {
      return running.length;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      stop.abort();
      await accepting;
      await Promise.all(running);
    },
  };
}

async function serve(connection: Deno.TcpConn, conduct: Conduct, stop: AbortSignal): Promise<void> {
  const close = (): void => connection.close();
  stop.addEventListener("abort", close);
  try {
    await conduct({
      hear: async () => void await connection.read(new Uint8Array(65536)),
      end: async () => {
        while (await connection.read(new Uint8Array(65536)) !== null);
      },
      say: (text) => writeAll(connection, typeof text === "string" ? new TextEncoder().encode(text) : text),
      wait: (ms) => ms === undefined ? keepSilent(connection) : pause(stop, ms),
      drip: (say) => dripUntilGone(stop, say),
    });
  } catch (error) {
    // The client went, or the server stops: both end a connection.
    if (!isGone(error)) throw error;
  }
  stop.removeEventListener("abort", close);
  if (!stop.aborted) connection.close();
}
