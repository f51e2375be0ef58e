import { joinBytes } from "../../util/encodings.ts";

/** A part of a page, ready to be sent. */
export interface Piece {
  /** As sent. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the text, in bytes. */
  readonly size: number;
  /** The CRC-32 of the text, and what {@linkcode combineCrc} needs to put it behind another; 0 where none is sent. */
  readonly crc: number;
  readonly shift: number;
}

/** The body of a response, in parts that bodies share; never to be changed. */
export interface Body {
  /** In bytes. */
  readonly size: number;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/** How pages are sent: as they are, or compressed. */
export interface Compression {
  /** @param text up to some hundred kilobytes: the event loop is held meanwhile */
  compress(text: string): Piece;
  /** Makes a body of pieces; nothing is compressed again. */
  bodyOf(pieces: readonly Piece[]): Body;
}

/** A piece of nothing. */
export const EMPTY: Piece = { bytes: new Uint8Array(), size: 0, crc: 0, shift: 1 << 31 };

const encoder = new TextEncoder();

/** UTF-8 as it is. */
export const PLAIN: Compression = {
  compress(text) {
    const bytes = encoder.encode(text);
    return { ...EMPTY, bytes, size: bytes.length };
  },
  bodyOf: (pieces) => joinParts(pieces.map(({ bytes }) => bytes)),
};

/** Makes a body of parts. */
export function joinParts(parts: readonly Uint8Array<ArrayBuffer>[]): Body {
  return { size: parts.reduce((size, part) => size + part.length, 0), parts };
}

/** @returns the whole, never to be changed: a body of one part is that part */
export function concat({ size, parts }: Body): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : joinBytes(parts, size);
}
