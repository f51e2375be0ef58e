import { constants, crc32, deflateRawSync } from "node:zlib";
import { combineCrc, shiftOf } from "./crc.ts";
import { type Compression, EMPTY, joinParts } from "./piece.ts";

/** RFC 1952: deflate, no flags, no time, unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** An empty last block of the deflate stream. */
const LAST_BLOCK = Uint8Array.of(3, 0);

/**
 * A full flush ends on a byte and refers to nothing before it, so pieces can be
 * joined in any order. Level 2 takes half the time of level 6, for 2 % more bytes:
 * most of a page is addresses, which do not compress.
 */
const OPTIONS = { level: 2, finishFlush: constants.Z_FULL_FLUSH } as const;

const encoder = new TextEncoder();

/** Reused for each text: many large arrays would cause garbage collection. */
let room = new Uint8Array(0);

/** A UTF-16 unit takes at most three bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** A gzip stream of one member (RFC 1952), of pieces that are compressed once and used in many bodies. */
export const GZIP: Compression = {
  compress(text) {
    if (text === "") return EMPTY;
    if (room.length < MAX_BYTES_PER_UNIT * text.length) room = new Uint8Array(MAX_BYTES_PER_UNIT * text.length);
    const plain = room.subarray(0, encoder.encodeInto(text, room).written);
    // Copied: what zlib returns is a part of a larger buffer.
    const bytes = new Uint8Array(deflateRawSync(plain, OPTIONS));
    return { bytes, size: plain.length, crc: crc32(plain), shift: shiftOf(plain.length) };
  },
  bodyOf(pieces) {
    let crc = 0;
    let size = 0;
    for (const piece of pieces) {
      crc = combineCrc(crc, piece.crc, piece.shift);
      size += piece.size;
    }
    const trailer = new DataView(new ArrayBuffer(8));
    trailer.setUint32(0, crc, true);
    trailer.setUint32(4, size % 2 ** 32, true);
    return joinParts([HEADER, ...pieces.map(({ bytes }) => bytes), LAST_BLOCK, new Uint8Array(trailer.buffer)]);
  },
};
