import { ceilScaled, parseDecimal } from "./decimal.ts";
import { pythonText } from "./python_text.ts";
import type { JsonValue } from "./json_value.ts";

/** A minimum balance in the chain's coin. */
export interface Threshold {
  /** The `min_balance_eth` label: the number as the original printed it. */
  readonly label: string;
  /** Below it means: wei below this; none when the threshold cannot be compared. */
  readonly belowWei: bigint | undefined;
  /** In whole coins, as a double; none when nothing is configured, or nothing comparable, or past a double's range. */
  readonly coins: number | undefined;
}

/** From ether to wei, whatever the chain's coin: the original did so too. */
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
 * Reads `min_balance_eth` of format 1.
 *
 * @param value a JSON number, or a string with a decimal number in ether; `null` or absent for none
 * @returns the threshold, or {@linkcode BAD_THRESHOLD}
 */
export function readThreshold(value: JsonValue | undefined): Threshold {
  if (value === undefined || value.type === "null") return NO_THRESHOLD;
  if (value.type === "number") {
    // The original compared a float by its shortest text, so 0.1000000000000000055 is 0.1.
    const text = pythonText(value.source);
    return thresholdOf(text, Number(text) === 0 ? "" : text);
  }
  return value.type === "string" ? thresholdOf(value.text, value.text) : BAD_THRESHOLD;
}

function thresholdOf(text: string, label: string): Threshold {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return BAD_THRESHOLD;
  const coins = Number(text);
  return {
    label,
    belowWei: ceilScaled(decimal, WEI_DECIMALS),
    coins: Number.isFinite(coins) ? coins : undefined,
  };
}
