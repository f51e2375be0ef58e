import { holdRequest } from "./fake_clock.ts";

/**
 * Writes all of some bytes.
 *
 * @throws {Error} when the other side goes; see {@linkcode isGone}
 */
export async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/**
 * Waits.
 *
 * @param stop ends the wait
 * @param ms for how long; without end if it is not given
 */
export function pause(stop: AbortSignal, ms: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const timer = ms === undefined ? undefined : setTimeout(done, ms);
    stop.addEventListener("abort", done);
    function done(): void {
      clearTimeout(timer);
      stop.removeEventListener("abort", done);
      resolve();
    }
  });
}

/** Says nothing more until the client has closed the connection. */
export async function keepSilent(connection: Deno.TcpConn): Promise<void> {
  using _ = holdRequest();
  while (await connection.read(new Uint8Array(65_536)) !== null);
}

/** Lines after which it is clear that the client gets its answer in drips. */
const DRIPS = 4;

/**
 * Sends a little at a time until the client has gone, which ends it with an error; see {@linkcode isGone}.
 *
 * @param stop ends it as well
 * @param say sends the next bit
 */
export async function dripUntilGone(stop: AbortSignal, say: (index: number) => Promise<void>): Promise<void> {
  using held = new DisposableStack();
  for (let index = 0; !stop.aborted; index++) {
    await pause(stop, 10);
    await say(index);
    if (index === DRIPS) held.use(holdRequest());
  }
}

/** Tells whether a connection ended because the other side went, or because it was closed here. */
export function isGone(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted].some((gone) =>
    error instanceof gone
  );
}
