import type { Body } from "../metrics/piece.ts";

/** What a client takes at a time, in bytes: parts up to this size together, so that each does not cost a turn. */
const SLICE = 256 * 1024;

/**
 * Makes the body of an answer that is handed out as the client takes it. Its parts are shared with other answers and not
 * copied, so a hundred scrapes at once do not hold a hundred pages.
 *
 * @param body the whole
 * @param onTake called when the client has room for another slice
 */
export function pacedBody({ parts }: Body, onTake: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  let sent = 0;
  return new ReadableStream({
    pull(controller): void {
      onTake();
      for (let room = SLICE; room > 0;) {
        const part = parts[next];
        if (part === undefined) return controller.close();
        const piece = part.subarray(sent, sent + room);
        if (piece.length > 0) controller.enqueue(piece);
        room -= piece.length;
        sent += piece.length;
        if (sent < part.length) continue;
        next++;
        sent = 0;
      }
    },
  }, { highWaterMark: 0 });
}
