import { BAD_THRESHOLD, NO_THRESHOLD, type Threshold, thresholdOf } from "../model/threshold.ts";
import type { JsonValue } from "./json_value.ts";
import { pythonText } from "./python_text.ts";

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
