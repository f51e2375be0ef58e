/** A level of a balance, such as its minimum, in the chain's coin. */
export interface Threshold {
  /** The `min_balance_eth` label: the number as the original printed it. */
  readonly label: string;
  /** A balance in wei is below the threshold if it is below this; none for an invalid threshold. */
  readonly belowWei: bigint | undefined;
  /** A balance in wei is above the threshold if it is above this: another number if the threshold has a part of a wei. */
  readonly aboveWei: bigint | undefined;
  /** In whole coins; none if not configured, invalid, or past the range of a double. */
  readonly coins: number | undefined;
}

/** Used unless configured, whatever the chain's coin, as by the original. */
const WEI_DECIMALS = 18;

/** No minimum is configured: nothing is ever below. */
export const NO_THRESHOLD: Threshold = {
  label: "",
  belowWei: 0n,
  aboveWei: undefined,
  coins: undefined,
};

/** An invalid minimum: the balance is read, the check counts as failed. */
export const BAD_THRESHOLD: Threshold = {
  label: "",
  belowWei: undefined,
  aboveWei: undefined,
  coins: undefined,
};

/**
 * Makes a threshold.
 *
 * @returns the threshold, or {@linkcode BAD_THRESHOLD} when the text is not a decimal number
 */
export function thresholdOf(text: string, label: string, decimals: number = WEI_DECIMALS): Threshold {
  const key = `${decimals} ${text} ${label}`;
  const same = known.get(key);
  if (same !== undefined) return same;
  if (known.size >= MAX_KNOWN) known.clear();
  const threshold = makeThreshold(text, label, decimals);
  known.set(key, threshold);
  return threshold;
}

/** Most wallets of a long list share a few thresholds: each is computed once. */
const known = new Map<string, Threshold>();
const MAX_KNOWN = 1000;

function makeThreshold(text: string, label: string, decimals: number): Threshold {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return BAD_THRESHOLD;
  const coins = Number(text);
  return {
    label,
    belowWei: ceilScaled(decimal, decimals),
    aboveWei: -ceilScaled({ ...decimal, coefficient: -decimal.coefficient }, decimals),
    coins: Number.isFinite(coins) ? coins : undefined,
  };
}

/** The levels of thresholds, from the lowest to the highest. */
export const LEVEL_ORDER = ["critical", "minimum", "warning", "target", "maximum"] as const;

/**
 * Whether a threshold is reported earlier than another one of the same level: the higher of two, but the lower of two
 * maximums.
 */
export function isStricter(level: (typeof LEVEL_ORDER)[number], one: bigint, other: bigint): boolean {
  return level === "maximum" ? one < other : one > other;
}

/**
 * Finds the levels of defaults that contradict a wallet's own thresholds, such
 * as a default warning of 1 for a wallet whose minimum is 32.
 *
 * @returns the levels of `inherited` that are not applied to the wallet
 */
export function contradictedLevels(inherited: Amounts, own: Amounts): readonly (keyof Amounts)[] {
  return LEVEL_ORDER.filter((level, place) => {
    const amount = inherited[level];
    if (amount === undefined || own[level] !== undefined) return false;
    return LEVEL_ORDER.some((other, otherPlace) => {
      const mine = own[other];
      return mine !== undefined && (otherPlace < place ? mine > amount : mine < amount);
    });
  });
}

/** Amounts by level. */
export type Amounts = Readonly<Partial<Record<(typeof LEVEL_ORDER)[number], bigint>>>;

/** A decimal number, exact: `coefficient × 10^exponent`. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** No amount needs more: limits the cost of a hostile `1e999999999`. */
const MAX_DIGITS = 1000;

const GRAMMAR = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a decimal number, as Python's `Decimal` does but without its
 * infinities, NaNs, underscores and digits of other scripts.
 *
 * @returns the number, or `undefined` when the text is invalid or has more than 1,000 digits when written out
 */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > 2 * MAX_DIGITS) return undefined;
  const match = GRAMMAR.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const exponent = Number(exponentText) - fraction.length;
  const digits = whole.length + fraction.length;
  // Written out it has its own digits, and the zeros that the exponent puts after or before them.
  if (Math.max(digits, digits + exponent, 1 - exponent) > MAX_DIGITS) return undefined;
  const magnitude = BigInt(whole + fraction);
  return { coefficient: sign === "-" ? -magnitude : magnitude, exponent };
}

/**
 * The smallest whole number that is not below a decimal times a power of ten.
 * A whole balance is below a limit exactly when it is below this number, so
 * the comparison stays exact however many places the limit has.
 *
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
