import type { Certificate } from "./certificates.ts";

/** A TLS server in front of a plain one. */
export interface TlsFront extends AsyncDisposable {
  readonly url: string;
  /** What was agreed on by ALPN, one a handshake that came to its end; `null` for nothing. */
  readonly protocols: (string | null)[];
  /** How many connections were made, whatever became of them. */
  readonly connections: number;
}

/**
 * Starts a TLS server on a free port of this machine, which offers HTTP/2 before HTTP/1.1.
 *
 * @param certificate its own
 * @param port of 127.0.0.1, where what it deciphers goes
 */
export function startTlsFront({ cert, key }: Certificate, port: number): TlsFront {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols: ["h2", "http/1.1"] });
  const protocols: (string | null)[] = [];
  const running = new Set<Promise<void>>();
  const open = new Set<Deno.Conn>();
  let connections = 0;
  const accepting = (async () => {
    for await (const connection of listener) {
      connections++;
      const job = pass(connection);
      running.add(job);
      job.finally(() => running.delete(job));
    }
  })();

  async function pass(outer: Deno.TlsConn): Promise<void> {
    open.add(outer);
    try {
      const { alpnProtocol } = await outer.handshake();
      protocols.push(alpnProtocol);
      const inner = await Deno.connect({ hostname: "127.0.0.1", port });
      open.add(inner);
      await Promise.allSettled([
        outer.readable.pipeTo(inner.writable),
        inner.readable.pipeTo(outer.writable),
      ]);
      open.delete(inner);
      close(inner);
    } catch {
      // A client that does not like the certificate goes in the handshake.
    } finally {
      open.delete(outer);
      close(outer);
    }
  }

  return {
    url: `https://localhost:${(listener.addr as Deno.NetAddr).port}/`,
    protocols,
    get connections(): number {
      return connections;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting;
      open.forEach(close);
      await Promise.allSettled([...running]);
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed already, by its streams.
  }
}
