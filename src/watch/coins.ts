/** Up to here a bigint is a double without loss, and so is 10^18. */
const EXACT = 2n ** 53n;

/**
 * Converts wei to whole coins of 18 decimals.
 *
 * @param wei 0 or more
 * @returns the double nearest to the exact quotient
 */
export function coinsOf(wei: bigint): number {
  // One division of two exact doubles rounds once; past that the decimal text does.
  return wei <= EXACT ? Number(wei) / 1e18 : Number(`${wei}e-18`);
}
