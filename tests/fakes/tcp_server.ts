import { systemClock } from "../../src/util/clock.ts";
import { holdRequest } from "./fake_clock.ts";

/** What a server does with a connection; it is closed when this ends. */
export type Behaviour = (connection: Connection) => Promise<void>;

/** A request as it came over the wire; bodies are taken for ASCII. */
export interface HttpRequest {
  /** As it was written: the whole URL where the client uses a proxy. */
  readonly target: string;
  readonly body: string;
}

/** A connection as behaviours see it. */
export interface Connection {
  /** Waits for the beginning of a request, unless one was just read whole. */
  receive(): Promise<void>;
  /** Reads the next request, with its `content-length`; `undefined` when there are no more. */
  request(): Promise<HttpRequest | undefined>;
  /** Waits until the client has closed the connection. */
  end(): Promise<void>;
  /** Sends bytes as they are. */
  send(data: string | Uint8Array): Promise<void>;
  /** Waits; without a time, until the client has closed the connection: its request is held, see `holdRequest`. */
  wait(ms?: number): Promise<void>;
  /** Sends a little at a time, without an end: the request is held. */
  drip(send: (index: number) => Promise<void>): Promise<void>;
}

/** A server of which every byte and every silence can be chosen. */
export interface TcpServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** How many connections were made to it. */
  readonly connections: number;
  /** Closes the connections that are open now. */
  closeOpen(): void;
  /** Sends nothing more on the connections that are open now. */
  muteOpen(): void;
}

/**
 * Starts a TCP server on a free port of 127.0.0.1.
 *
 * @param behaviour what it does with every connection
 */
export function startTcpServer(behaviour: Behaviour): TcpServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const open = new Set<Deno.TcpConn>();
  const muted = new Set<Deno.TcpConn>();
  const accepting = (async () => {
    for await (const tcp of listener) running.push(serve(tcp));
  })();

  async function serve(tcp: Deno.TcpConn): Promise<void> {
    open.add(tcp);
    try {
      await behaviour(connect(tcp, stop.signal, () => muted.has(tcp)));
    } catch (error) {
      // The client went, or the server stops: both end a connection.
      if (!isGone(error)) throw error;
    } finally {
      open.delete(tcp);
      close(tcp);
    }
  }

  return {
    port: listener.addr.port,
    url: `http://127.0.0.1:${listener.addr.port}/`,
    get connections(): number {
      return running.length;
    },
    closeOpen: () => open.forEach(close),
    muteOpen: () => open.forEach((tcp) => muted.add(tcp)),
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      stop.abort();
      open.forEach(close);
      await accepting;
      await Promise.all(running);
    },
  };
}

/**
 * Answers the requests of a connection, one after the other.
 *
 * @param respond gives nothing where the connection is dealt with, and ends
 */
export function http(
  respond: (request: HttpRequest, connection: Connection) => Promise<Response | undefined>,
): Behaviour {
  return async (connection) => {
    for (let request = await connection.request(); request !== undefined; request = await connection.request()) {
      const response = await respond(request, connection);
      if (response === undefined) return;
      await connection.send(await serialize(response));
    }
  };
}

/** Passes the body of a request on to a node, and gives its answer without the headers of the connection. */
export async function forward(node: string, body: string): Promise<Response> {
  const answer = await fetch(node, { method: "POST", headers: { "content-type": "application/json" }, body });
  const type = answer.headers.get("content-type") ?? "application/json";
  return new Response(await answer.text(), { status: answer.status, headers: { "content-type": type } });
}

/** Lines after which it is clear that the client gets its answer in drips. */
const DRIPS = 4;

function connect(tcp: Deno.TcpConn, stop: AbortSignal, isMuted: () => boolean): Connection {
  const read = createReader(tcp);
  let isRead = false;
  const end = async (): Promise<void> => {
    while (await tcp.read(new Uint8Array(65_536)) !== null);
  };
  const connection: Connection = {
    async receive() {
      if (!isRead) await tcp.read(new Uint8Array(65_536));
      isRead = false;
    },
    async request() {
      const request = await read();
      isRead = true;
      return request;
    },
    end,
    async send(data) {
      if (isMuted()) return await connection.wait();
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      for (let sent = 0; sent < bytes.length;) sent += await tcp.write(bytes.subarray(sent));
    },
    async wait(ms) {
      if (ms !== undefined) return await systemClock.sleep(ms, stop);
      using _ = holdRequest();
      await end();
    },
    async drip(send) {
      using held = new DisposableStack();
      for (let index = 0; !stop.aborted; index++) {
        await systemClock.sleep(10, stop);
        await send(index);
        if (index === DRIPS) held.use(holdRequest());
      }
    },
  };
  return connection;
}

/** Reads requests, one after the other. */
function createReader(tcp: Deno.TcpConn): () => Promise<HttpRequest | undefined> {
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(1 << 18);
  let rest = "";
  async function more(): Promise<boolean> {
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
    return { target: head.split(" ", 2)[1] ?? "", body };
  };
}

async function serialize(response: Response): Promise<Uint8Array> {
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set("content-length", String(body.length));
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = new TextEncoder().encode(`HTTP/1.1 ${response.status} ${response.statusText}\r\n${lines}\r\n`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

function isGone(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted].some((gone) =>
    error instanceof gone
  );
}

function close(tcp: Deno.TcpConn): void {
  try {
    tcp.close();
  } catch {
    // Closed already.
  }
}
