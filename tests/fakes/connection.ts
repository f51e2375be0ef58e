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

/** Tells whether a connection ended because the other side went, or because it was closed here. */
export function isGone(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, ConnectionAborted, Interrupted].some((gone) =>
    error instanceof gone
  );
}
