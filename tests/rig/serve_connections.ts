import { dripUntilGone, isGone, keepSilent, pause, writeAll } from "../fakes/connection.ts";
import type { Connection } from "../fakes/raw_node.ts";

/** A request as it came over the wire. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
}

/** One connection of a server, in the middle of HTTP. */
export interface HttpConnection {
  /** Answers the request that was read last; nothing more is said where a conduct took over. */
  answer(response: Response | "conducted"): Promise<void>;
  /**
   * The connection as conducts see it.
   *
   * @param heard whether a request was read already, so that there is nothing more to hear
   */
  raw(heard: boolean): Connection;
}

/** A running server. */
export interface ConnectionServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
  /** How many connections were made. */
  readonly counted: () => number;
  /** Closes all connections that are open now. */
  readonly closeOpen: () => void;
  /** Answers nothing more on the connections that are open now. */
  readonly muteOpen: () => void;
}

/**
 * Serves HTTP/1.1 over plain TCP on a free port of 127.0.0.1, so that every byte
 * and every silence of an answer can be chosen.
 *
 * @param serve deals with a request
 * @param before deals with a new connection; when it says so, the connection is done with
 */
export function serveConnections(
  serve: (request: RawRequest, connection: HttpConnection) => Promise<void>,
  before: (connection: HttpConnection) => Promise<boolean>,
): ConnectionServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const open = new Set<Deno.TcpConn>();
  const muted = new Set<Deno.TcpConn>();
  let count = 0;
  const accepting = (async () => {
    for await (const connection of listener) {
      count++;
      const job = run(connection);
      running.add(job);
      job.finally(() => running.delete(job));
    }
  })();

  async function run(tcp: Deno.TcpConn): Promise<void> {
    const end = (): void => close(tcp);
    stop.signal.addEventListener("abort", end);
    open.add(tcp);
    try {
      let conducted = false;
      const connection: HttpConnection = {
        async answer(response): Promise<void> {
          conducted = response === "conducted";
          if (muted.has(tcp)) await keepSilent(tcp);
          if (response !== "conducted") await writeAll(tcp, await serialize(response));
        },
        raw: (heard) => ({
          hear: async () => heard ? undefined : void await tcp.read(new Uint8Array(65_536)),
          end: async () => {
            while (await tcp.read(new Uint8Array(65_536)) !== null);
          },
          say: (text) => writeAll(tcp, typeof text === "string" ? new TextEncoder().encode(text) : text),
          wait: (ms) => ms === undefined ? keepSilent(tcp) : pause(stop.signal, ms),
          drip: (say) => dripUntilGone(stop.signal, say),
        }),
      };
      if (await before(connection)) return;
      const reader = createReader(tcp);
      for (
        let request = await reader();
        request !== undefined && !conducted;
        request = conducted ? undefined : await reader()
      ) {
        await serve(request, connection);
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      stop.signal.removeEventListener("abort", end);
      open.delete(tcp);
      close(tcp);
    }
  }

  return {
    port: listener.addr.port,
    counted: () => count,
    closeOpen: () => open.forEach(close),
    muteOpen: () => open.forEach((tcp) => muted.add(tcp)),
    async stop(): Promise<void> {
      listener.close();
      stop.abort();
      await accepting;
      await Promise.allSettled([...running]);
    },
  };
}

/** Reads requests with a `content-length`, one after the other; `undefined` when there are no more. */
function createReader(tcp: Deno.TcpConn): () => Promise<RawRequest | undefined> {
  const decoder = new TextDecoder("latin1");
  let rest = "";
  async function more(): Promise<boolean> {
    const buffer = new Uint8Array(1 << 18);
    const size = await tcp.read(buffer);
    if (size === null) return false;
    rest += decoder.decode(buffer.subarray(0, size));
    return true;
  }
  return async () => {
    while (!rest.includes("\r\n\r\n")) if (!await more()) return undefined;
    const [head = ""] = rest.split("\r\n\r\n", 1);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const start = head.length + 4;
    while (rest.length < start + length) if (!await more()) return undefined;
    const body = rest.slice(start, start + length);
    rest = rest.slice(start + length);
    return { head, body };
  };
}

async function serialize(response: Response): Promise<Uint8Array> {
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set("content-length", String(body.length));
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = new TextEncoder().encode(`HTTP/1.1 ${response.status} Said\r\n${lines}\r\n`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

function close(tcp: Deno.TcpConn): void {
  try {
    tcp.close();
  } catch {
    // Closed already.
  }
}
