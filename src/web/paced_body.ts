import { type Body, concat, joinParts } from "../metrics/piece.ts";

/** What a client takes at a time, in bytes. */
const SLICE = 128 * 1024;

/**
 * Makes the body of an answer that is handed out as the client takes it. Its parts are shared with other answers, and
 * only put together in slices: a response copies the bytes it is made of, so a hundred scrapes at once would hold a
 * hundred pages.
 *
 * @param body the whole
 * @param onTake called when the client has room for another slice
 */
export function pacedBody({ parts }: Body, onTake: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  let sent = 0;

  /** A part that is larger than a slice is cut. */
  function slice(): Uint8Array<ArrayBuffer> {
    const taken: Uint8Array<ArrayBuffer>[] = [];
    let room = SLICE;
    while (room > 0) {
      const part = parts[next];
      if (part === undefined) break;
      const piece = part.subarray(sent, sent + room);
      taken.push(piece);
      room -= piece.length;
      sent += piece.length;
      if (sent < part.length) break;
      next++;
      sent = 0;
    }
    return concat(joinParts(taken));
  }

  return new ReadableStream({
    pull(controller): void {
      onTake();
      const bytes = slice();
      if (bytes.length > 0) controller.enqueue(bytes);
      if (next >= parts.length) controller.close();
    },
  }, { highWaterMark: 0 });
}
