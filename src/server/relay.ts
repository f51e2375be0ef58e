import { systemClock } from "../util/clock.ts";

/** Copies bytes between two connections. */
export interface Relay {
  /** Settles when the server has ended its side; rejects when a connection failed or was closed. */
  readonly ended: Promise<void>;
  /** Settles when all reads and writes have ended. */
  readonly freed: Promise<void>;
  /**
   * Settles when the client has received everything from the server.
   *
   * @param onProgress called whenever it has received a part
   */
  drained(onProgress: () => void): Promise<void>;
}

/** Buffer size in bytes: small for idle connections, large for those that send a page. */
const MIN_CHUNK = 4096;
const MAX_CHUNK = 64 * 1024;

/**
 * Starts to copy bytes in both directions.
 *
 * @param near our end of the connection to the server
 * @param first the first bytes of the client
 */
export function createRelay(client: Deno.TcpConn, near: Deno.TcpConn, first: Uint8Array): Relay {
  const over = new AbortController();
  let writing: Promise<void> | undefined;

  async function send(): Promise<void> {
    let isAccepted = true;
    // A server that refuses the rest of a request has responded: the client only sees that if its rest is read.
    const pass = async (bytes: Uint8Array): Promise<void> => {
      if (isAccepted) await writeAll(near, bytes).catch(() => isAccepted = false);
    };
    await pass(first);
    await copy(client, pass);
    if (isAccepted) await near.closeWrite();
  }

  async function receive(): Promise<void> {
    await copy(near, async (bytes) => {
      writing = writeAll(client, bytes).finally(() => writing = undefined);
      await writing;
    });
  }

  client.setNoDelay(true);
  near.setNoDelay(true);
  // A client that half-closes still gets its response; one that fails ends both directions.
  const [sending, receiving] = [send(), receive()];
  const failed = new Promise<never>((_, reject) => sending.catch(reject));
  return {
    ended: Promise.race([receiving, failed]).finally(() => over.abort()),
    freed: Promise.allSettled([sending, receiving]).then(() => {}),
    async drained(onProgress): Promise<void> {
      // Received bytes are read within one turn of the event loop.
      do {
        await writing?.catch(() => {});
        onProgress();
        await systemClock.sleep(0, over.signal);
      } while (writing !== undefined);
    },
  };
}

async function copy(from: Deno.TcpConn, write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  let buffer = new Uint8Array(MIN_CHUNK);
  for (;;) {
    const count = await from.read(buffer);
    if (count === null) return;
    await write(buffer.subarray(0, count));
    const size = count < buffer.length ? MIN_CHUNK : Math.min(4 * buffer.length, MAX_CHUNK);
    if (size !== buffer.length) buffer = new Uint8Array(size);
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}
