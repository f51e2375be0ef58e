import { systemClock } from "../util/clock.ts";

/** Carries bytes between two connections. */
export interface Relay {
  /** Settles when the server has ended its side; rejects when a connection failed or was closed. */
  readonly ended: Promise<void>;
  /** Settles when nothing is read or written any more. */
  readonly freed: Promise<void>;
  /**
   * Settles when the client has taken all that has arrived from the server.
   *
   * @param onProgress called whenever it has taken some of it
   */
  drained(onProgress: () => void): Promise<void>;
}

/** What {@linkcode createRelay} takes. */
export interface RelayOptions {
  readonly client: Deno.TcpConn;
  /** The near end of the pair whose other end serves the client. */
  readonly near: Deno.TcpConn;
  /** What the client has sent already. */
  readonly first: Uint8Array;
}

/** Bytes that are read at once: few of a connection that is idle, many of one that sends a page. */
const MIN_CHUNK = 4096;
const MAX_CHUNK = 64 * 1024;

/**
 * Carries bytes both ways.
 *
 * @param options see {@linkcode RelayOptions}
 */
export function createRelay({ client, near, first }: RelayOptions): Relay {
  const over = new AbortController();
  let writing: Promise<void> | undefined;

  async function send(): Promise<void> {
    let isHeard = true;
    // A server that refuses the rest of a request has answered it: the client gets that answer if its rest is read.
    const pass = async (bytes: Uint8Array): Promise<void> => {
      if (isHeard) await writeAll(near, bytes).catch(() => isHeard = false);
    };
    await pass(first);
    await copy(client, pass);
    if (isHeard) await near.closeWrite();
  }

  async function receive(): Promise<void> {
    await copy(near, async (bytes) => {
      writing = writeAll(client, bytes).finally(() => writing = undefined);
      await writing;
    });
  }

  client.setNoDelay(true);
  near.setNoDelay(true);
  // A client that ends its side still gets its answer; one that fails ends both.
  const [sending, receiving] = [send(), receive()];
  const failed = new Promise<never>((_, reject) => sending.catch(reject));
  return {
    ended: Promise.race([receiving, failed]).finally(() => over.abort()),
    freed: Promise.allSettled([sending, receiving]).then(() => {}),
    async drained(onProgress): Promise<void> {
      // What has arrived is read within a turn of the event loop.
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
