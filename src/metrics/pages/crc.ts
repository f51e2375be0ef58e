/** The polynomial of CRC-32, reflected. */
const POLYNOMIAL = 0xedb88320;

/** The polynomial 1, reflected. */
const ONE = 1 << 31;

/** x to the power of 2^n, modulo the polynomial, for each n. */
const SQUARES: readonly number[] = squares();

/**
 * Computes the CRC-32 of two texts together from those of each, as zlib's
 * `crc32_combine` does.
 *
 * @param first of the first text
 * @param second of the second
 * @param shift {@linkcode shiftOf} the second text's size
 */
export function combineCrc(first: number, second: number, shift: number): number {
  return (multiply(shift, first) ^ second) >>> 0;
}

/**
 * Computes the factor of a CRC-32 that this many bytes follow.
 *
 * @param size in bytes
 * @returns x to the power of 8 × size, modulo the polynomial
 */
export function shiftOf(size: number): number {
  let product = ONE;
  let rest = size;
  for (let n = 3; rest > 0; n++) {
    if (rest % 2 === 1) product = multiply(SQUARES[n % SQUARES.length] ?? ONE, product);
    rest = Math.floor(rest / 2);
  }
  return product;
}

/** Multiplies two polynomials, modulo {@linkcode POLYNOMIAL}; the first is not 0. */
function multiply(one: number, other: number): number {
  let product = 0;
  let rest = other;
  for (let bit = ONE;; bit >>>= 1) {
    if ((one & bit) !== 0) {
      product ^= rest;
      if ((one & (bit - 1)) === 0) return product;
    }
    rest = (rest & 1) === 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  }
}

function squares(): number[] {
  const all = [1 << 30];
  // x^(2^32) is x again, so from there on they repeat.
  for (let n = 1; n < 32; n++) {
    const last = all[n - 1] ?? ONE;
    all.push(multiply(last, last));
  }
  return all;
}
