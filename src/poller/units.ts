/** A bigint up to this converts to a double without loss, as do these powers of ten. */
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
  // One division of two exact doubles rounds once; beyond that, parsing the decimal text does.
  const power = POWERS[decimals];
  return amount <= EXACT && power !== undefined ? Number(amount) / power : Number(`${amount}e-${decimals}`);
}

/**
 * Writes an amount of a coin's or token's smallest unit as a decimal number, exact.
 *
 * @param wei 0 or more
 * @param decimals of the coin, 0 to 77
 */
export function formatUnits(wei: bigint, decimals: number): string {
  const digits = wei.toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const fraction = digits.slice(point).replace(/0+$/, "");
  return fraction === "" ? digits.slice(0, point) : `${digits.slice(0, point)}.${fraction}`;
}
