import type { RejectedEntry, WalletConfig } from "../model/config.ts";
import { BAD_THRESHOLD, NO_THRESHOLD, type Threshold, thresholdOf } from "../model/threshold.ts";
import { fieldOf, type Path, type Reporter, typeName } from "../source/source_tree.ts";
import { checkAddress, hidePrivateKey } from "../wallets/wallet_address.ts";
import { checkWalletKeys } from "./check_keys.ts";
import { PythonNumber } from "./label_text.ts";
import type { V1Entry } from "./v1_tree.ts";

/**
 * Reads one wallet of version 1.
 *
 * @param isReachable whether the network has an endpoint; without one every entry is rejected, as typed
 * @returns a wallet to watch, an entry to show as failed, or nothing when it is not even an object
 */
export function readV1Wallet(
  { value, keys }: V1Entry,
  path: Path,
  reporter: Reporter,
  isReachable: boolean,
): WalletConfig | RejectedEntry | undefined {
  const { report } = reporter;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = `A wallet must be an object, found ${typeName(value)}`;
    report("error", path, message, 'Expected { "address": "0x…", "label": "…" }');
    return undefined;
  }
  checkWalletKeys(keys, path, reporter);
  const textOf = (key: "address" | "label"): string | undefined => {
    const typed = fieldOf(value, key);
    if (typeof typed === "string") return typed;
    if (typed instanceof PythonNumber) return typed.text;
    const message = typed === undefined
      ? `Missing required key "${key}"`
      : `Must be a string, found ${typeName(typed)}`;
    report("error", [...path, key], message, "The wallet is rejected until this is fixed");
    return undefined;
  };
  const label = textOf("label");
  const typed = textOf("address");
  const address = checkAddress(typed, [...path, "address"], reporter, true);
  const minimum = readMinimum(fieldOf(value, "min_balance_eth"), [...path, "min_balance_eth"], reporter);
  if (label !== undefined && address !== undefined && isReachable) return { address, label, minimum };
  return { address: hidePrivateKey(typed ?? ""), label: hidePrivateKey(label ?? "") };
}

/**
 * Reads `min_balance_eth`.
 *
 * @param value a number, or a text with a decimal number of whole coins; `null` or `undefined` for none
 */
export function readThreshold(value: unknown): Threshold {
  if (value === undefined || value === null) return NO_THRESHOLD;
  // The original compared a float by its shortest text, so 0.1000000000000000055 is 0.1.
  if (value instanceof PythonNumber) return thresholdOf(value.text, Number(value.text) === 0 ? "" : value.text);
  return typeof value === "string" ? thresholdOf(value, value) : BAD_THRESHOLD;
}

function readMinimum(value: unknown, path: Path, { report }: Reporter): Threshold {
  const minimum = readThreshold(value);
  const advice = "Expected a number of whole coins, such as 0.5";
  if (minimum.belowWei === undefined) {
    report("error", path, "Invalid minimum: every read of this wallet counts as failed", advice);
  } else if (minimum.belowWei < 0n) {
    report("warning", path, "Negative minimum: no balance is ever below it", advice);
  }
  return minimum;
}
