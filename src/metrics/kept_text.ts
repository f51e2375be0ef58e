/** A text that was written once and can be ended more than once, each time with another end. */
export interface KeptText {
  /**
   * @param start a place in the plain bytes
   * @param end the place behind the last byte; the text's end if there is none
   * @returns the plain bytes between; never to be changed
   */
  slice(start: number, end?: number): Uint8Array<ArrayBuffer>;
  /**
   * @param end the bytes that follow, few
   * @returns the whole as it is sent
   */
  withEnd(end: Uint8Array): Uint8Array<ArrayBuffer>;
}

/** Takes a text bit by bit. */
export interface TextWriter {
  /** Of what was written, in plain bytes. */
  readonly size: number;
  write(text: string): void;
  /** @returns what was written; nothing more may be */
  keep(): KeptText;
}

/** What a writer has room for at first. */
const ROOM = 64 * 1024;

/** A UTF-16 unit takes at most three bytes in UTF-8. */
const MOST_BYTES = 3;

/**
 * Keeps a text as it is. It is written into one buffer that grows: pieces to be
 * joined at the end would hold the memory of a second page, until they are collected.
 */
export function writePlain(): TextWriter {
  const encoder = new TextEncoder();
  let buffer = new ArrayBuffer(ROOM);
  let size = 0;
  return {
    get size() {
      return size;
    },
    write(text) {
      const needed = size + MOST_BYTES * text.length;
      // What was there is given back at once.
      if (needed > buffer.byteLength) buffer = buffer.transfer(Math.max(needed, 2 * buffer.byteLength));
      size += encoder.encodeInto(text, new Uint8Array(buffer, size)).written;
    },
    keep() {
      const bytes = new Uint8Array(buffer.transfer(size));
      return {
        slice: (start, end) => bytes.subarray(start, end),
        withEnd: (end) => join([bytes, end]),
      };
    },
  };
}

/** Puts byte arrays behind one another. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
