/** What a client takes at a time, in bytes. */
const SLICE = 128 * 1024;

/**
 * Makes the body of an answer that is handed out as the client takes it. A response copies the bytes it is made of, so
 * a hundred scrapes at once would hold a hundred pages; a stream does not.
 *
 * @param bytes the whole
 * @param onTake called when the client has room for another part
 */
export function pacedBody(bytes: Uint8Array<ArrayBuffer>, onTake: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream({
    pull(controller): void {
      onTake();
      if (sent < bytes.length) controller.enqueue(bytes.subarray(sent, sent + SLICE));
      sent += SLICE;
      if (sent >= bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
}
