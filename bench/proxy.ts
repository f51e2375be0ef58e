/** What went through a proxy. */
export interface Traffic {
  requests: number;
  /** Both ways, with HTTP headers. */
  bytes: number;
}

/** A TCP proxy that counts, and may take its time. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  readonly traffic: Traffic;
}

/**
 * Starts a proxy on a free port of 127.0.0.1.
 *
 * @param port where it leads, on this machine
 * @param delay of each way, in milliseconds
 */
export function startProxy(port: number, delay = 0): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const traffic: Traffic = { requests: 0, bytes: 0 };
  const open = new Set<Deno.Conn>();
  (async () => {
    for await (const client of listener) {
      client.setNoDelay(true);
      const node = await Deno.connect({ hostname: "127.0.0.1", port });
      node.setNoDelay(true);
      for (const connection of [client, node]) open.add(connection);
      pass(client, node, delay, (bytes) => {
        traffic.bytes += bytes.length;
        traffic.requests += new TextDecoder("latin1").decode(bytes).match(/POST \/ HTTP/g)?.length ?? 0;
      });
      pass(node, client, delay, (bytes) => traffic.bytes += bytes.length);
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    traffic,
    [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      for (const connection of open) close(connection);
      return Promise.resolve();
    },
  };
}

/** Passes bytes on in their order, each chunk as much later as the others. */
async function pass(from: Deno.Conn, to: Deno.Conn, delay: number, count: (bytes: Uint8Array) => void): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  try {
    for (;;) {
      const buffer = new Uint8Array(1 << 17);
      const size = await from.read(buffer);
      if (size === null) break;
      const bytes = buffer.subarray(0, size);
      count(bytes);
      const due = delay === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, delay));
      last = Promise.all([last, due]).then(() => write(to, bytes)).catch(() => close(to));
    }
    await last;
  } catch {
    // One side went: so does the other.
  }
  close(from);
  close(to);
}

async function write(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}

/** As a program of its own: `proxy.ts <port> <delay in ms> <how many>`; prints their URLs. */
if (import.meta.main) {
  const [port = "", delay = "0", count = "1"] = Deno.args;
  const urls = Array.from({ length: Number(count) }, () => startProxy(Number(port), Number(delay)).url);
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(urls) + "\n"));
}
