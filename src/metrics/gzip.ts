import { constants, crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { join, type KeptText, type TextWriter } from "./kept_text.ts";
import { turn } from "./render_page.ts";

/** RFC 1952: deflate, no flags, no time, unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** Compressed in one go: about two milliseconds. */
const CHUNK = 128 * 1024;

/** A part of the text, compressed so that it needs nothing of what stands before it. */
interface Piece {
  /** Where it begins in the plain bytes. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * Keeps a text as a gzip stream (RFC 1952), compressed while it is written: a
 * tenth of the memory, and the plain text is never held as a whole.
 */
export function writeGzip(): TextWriter {
  const encoder = new TextEncoder();
  const packer = createPacker();
  const chunk = new Uint8Array(CHUNK);
  let filled = 0;

  function flush(): void {
    packer.add(chunk.subarray(0, filled));
    filled = 0;
  }

  return {
    get size() {
      return packer.size + filled;
    },
    write(text) {
      for (let rest = text; rest !== "";) {
        const { read, written } = encoder.encodeInto(rest, chunk.subarray(filled));
        filled += written;
        rest = rest.slice(read);
        if (rest !== "") flush();
      }
    },
    keep() {
      if (filled > 0) flush();
      return packer.keep();
    },
  };
}

/**
 * Compresses a text piece by piece, giving the event loop a turn in between.
 *
 * @param bytes the text
 */
export async function gzipOf(bytes: Uint8Array): Promise<KeptText> {
  const packer = createPacker();
  for (let start = 0; start < bytes.length; start += CHUNK) {
    packer.add(bytes.subarray(start, start + CHUNK));
    if (start + CHUNK < bytes.length) await turn();
  }
  return packer.keep();
}

interface Packer {
  readonly size: number;
  /** @param bytes at most a chunk; not held after */
  add(bytes: Uint8Array): void;
  keep(): KeptText;
}

function createPacker(): Packer {
  const pieces: Piece[] = [];
  let size = 0;
  let crc = 0;
  return {
    get size() {
      return size;
    },
    add(bytes) {
      // A full flush ends on a byte and refers to nothing before it, so pieces can be joined.
      pieces.push({ start: size, bytes: deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH }) });
      crc = crc32(bytes, crc);
      size += bytes.length;
    },
    keep: () => keptGzip(pieces, size, crc),
  };
}

function keptGzip(pieces: readonly Piece[], size: number, crc: number): KeptText {
  return {
    slice(start, end = size) {
      const touched = pieces.filter((piece, index) => piece.start < end && (pieces[index + 1]?.start ?? size) > start);
      const from = touched[0]?.start ?? 0;
      const plain = join(touched.map(({ bytes }) => inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })));
      return plain.subarray(start - from, end - from);
    },
    withEnd(end) {
      const trailer = new DataView(new ArrayBuffer(8));
      trailer.setUint32(0, crc32(end, crc), true);
      trailer.setUint32(4, (size + end.length) >>> 0, true);
      const compressed = pieces.map(({ bytes }) => bytes);
      return join([HEADER, ...compressed, deflateRawSync(end), new Uint8Array(trailer.buffer)]);
    },
  };
}
