/** A decimal number as it was written: `coefficient × 10^exponent`, exact. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** No sum of money needs more: it bounds what a hostile `1e999999999` can cost. */
const MOST_DIGITS = 1000;

const GRAMMAR = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a decimal number, as Python's `Decimal` does but without its
 * infinities, NaNs, underscores and digits of other scripts.
 *
 * @param text digits with an optional sign, point and exponent; spaces around are allowed
 * @returns the number, or `undefined` when the text is none or would take more than 1,000 digits to write out
 */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > 2 * MOST_DIGITS) return undefined;
  const match = GRAMMAR.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const exponent = Number(exponentText) - fraction.length;
  const digits = whole.length + fraction.length;
  // Written out it has its own digits, and the zeros that the exponent puts after or before them.
  if (Math.max(digits, digits + exponent, 1 - exponent) > MOST_DIGITS) return undefined;
  const magnitude = BigInt(whole + fraction);
  return { coefficient: sign === "-" ? -magnitude : magnitude, exponent };
}

/**
 * The smallest whole number that is not below a decimal times a power of ten.
 * A whole balance is below a limit exactly when it is below this number, so
 * the comparison stays exact however many places the limit has.
 *
 * @param decimal the limit
 * @param power of ten to multiply with, such as 18 from ether to wei
 */
export function ceilScaled(decimal: Decimal, power: number): bigint {
  const shift = decimal.exponent + power;
  if (shift >= 0) return decimal.coefficient * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const quotient = decimal.coefficient / divisor;
  // BigInt division cuts towards zero, which already is the ceiling of a negative number.
  return decimal.coefficient > 0n && quotient * divisor !== decimal.coefficient ? quotient + 1n : quotient;
}
