/** Up to here a bigint is a double without loss, and so are these powers of ten. */
const EXACT = 2n ** 53n;
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * Converts an amount from the smallest unit to whole coins or tokens.
 *
 * @param amount 0 or more
 * @param decimals 0 to 77
 * @returns the double nearest to the exact quotient
 */
export function toUnits(amount: bigint, decimals: number = 18): number {
  // One division of two exact doubles rounds once; past that the decimal text does.
  const power = POWERS[decimals];
  return amount <= EXACT && power !== undefined ? Number(amount) / power : Number(`${amount}e-${decimals}`);
}
