/** A minimum balance in the chain's coin. */
export interface Threshold {
  /** The `min_balance_eth` label: the number as the original printed it. */
  readonly label: string;
  /** Below it means: wei below this; none when the threshold cannot be compared. */
  readonly belowWei: bigint | undefined;
  /** In whole coins, as a double; none when nothing is configured, or nothing comparable, or past a double's range. */
  readonly coins: number | undefined;
}

/** From ether to wei, whatever the chain's coin, unless the configuration tells it: the original did so too. */
const WEI_DECIMALS = 18;

/** No minimum is configured: nothing is ever below. */
export const NO_THRESHOLD: Threshold = {
  label: "",
  belowWei: 0n,
  coins: undefined,
};

/** A minimum that is no number: the balance is read, the check counts as failed. */
export const BAD_THRESHOLD: Threshold = {
  label: "",
  belowWei: undefined,
  coins: undefined,
};

/**
 * Makes a threshold.
 *
 * @param text a decimal number of whole coins
 * @param label how it is shown
 * @param decimals of the coin
 * @returns the threshold, or {@linkcode BAD_THRESHOLD} when the text is no such number
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

/** Most wallets of a long list share a few thresholds: each is one object, and is computed once. */
const known = new Map<string, Threshold>();
const MAX_KNOWN = 1000;

function makeThreshold(text: string, label: string, decimals: number): Threshold {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return BAD_THRESHOLD;
  const coins = Number(text);
  return {
    label,
    belowWei: ceilScaled(decimal, decimals),
    coins: Number.isFinite(coins) ? coins : undefined,
  };
}

/** The levels of thresholds, from the most urgent to what a wallet is filled up to. */
export const LEVEL_ORDER = ["critical", "minimum", "warning", "target"] as const;

/**
 * Finds the levels of defaults that contradict a wallet's own thresholds, such
 * as a default warning of 1 for a wallet whose minimum is 32.
 *
 * @param inherited amounts by level, in any one unit
 * @param own amounts of the wallet in the same unit
 * @returns the levels of `inherited` that do not count for the wallet
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

/** A decimal number as it was written: `coefficient × 10^exponent`, exact. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** No sum of money needs more: it bounds what a hostile `1e999999999` can cost. */
const MAX_DIGITS = 1000;

const GRAMMAR = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a decimal number, as Python's `Decimal` does but without its
 * infinities, NaNs, underscores and digits of other scripts.
 *
 * @param text digits with an optional sign, point and exponent; spaces around are allowed
 * @returns the number, or `undefined` when the text is none or would take more than 1,000 digits to write out
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
