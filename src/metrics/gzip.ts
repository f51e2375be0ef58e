import { constants, crc32, deflateRawSync } from "node:zlib";
import { turn } from "./render_page.ts";

/** A gzip stream that is begun and can be ended more than once, each time with another end. */
export interface OpenGzip {
  readonly parts: readonly Uint8Array[];
  readonly crc: number;
  /** Of the plain bytes. */
  readonly size: number;
}

/** RFC 1952: deflate, no flags, no time, unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** Compressed in one go: about two milliseconds. */
const CHUNK = 128 * 1024;

/**
 * Compresses the beginning of a text piece by piece, giving the event loop a turn in between.
 *
 * @param bytes the beginning
 */
export async function openGzip(bytes: Uint8Array): Promise<OpenGzip> {
  const parts: Uint8Array[] = [HEADER];
  let crc = 0;
  for (let start = 0; start < bytes.length; start += CHUNK) {
    const chunk = bytes.subarray(start, start + CHUNK);
    // A full flush ends on a byte and refers to nothing before it, so pieces can be joined.
    parts.push(deflateRawSync(chunk, { finishFlush: constants.Z_FULL_FLUSH }));
    crc = crc32(chunk, crc);
    if (start + CHUNK < bytes.length) await turn();
  }
  return { parts, crc, size: bytes.length };
}

/**
 * Ends a gzip stream (RFC 1952).
 *
 * @param open the beginning; stays as it is
 * @param end the bytes that follow, few
 * @returns the parts of the whole stream
 */
export function closeGzip({ parts, crc, size }: OpenGzip, end: Uint8Array): readonly Uint8Array[] {
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, crc32(end, crc), true);
  trailer.setUint32(4, (size + end.length) >>> 0, true);
  return [...parts, deflateRawSync(end), new Uint8Array(trailer.buffer)];
}
