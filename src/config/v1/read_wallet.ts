import type { RejectedEntry, WalletConfig } from "../model/config.ts";
import { BAD_THRESHOLD, NO_THRESHOLD, type Threshold, thresholdOf } from "../model/threshold.ts";
import { type Field, typeName } from "../source/source_tree.ts";
import { checkAddress, hidePrivateKey } from "../wallets/wallet_address.ts";
import { checkWalletKeys } from "./check_keys.ts";
import { PythonNumber } from "./label_text.ts";

/**
 * Reads one wallet of version 1.
 *
 * @param keys of the wallet
 * @param isReachable whether the network has an endpoint; without one every entry is rejected, as typed
 * @returns a wallet to watch, an entry to show as failed, or nothing when it is not even an object
 */
export function readV1Wallet(
  field: Field,
  keys: readonly string[],
  isReachable: boolean,
): WalletConfig | RejectedEntry | undefined {
  const { value } = field;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = `A wallet must be an object, found ${typeName(value)}`;
    return field.error(message, 'Expected { "address": "0x…", "label": "…" }');
  }
  checkWalletKeys(keys, field);
  const label = readText(field.at("label"));
  const place = field.at("address");
  const typed = readText(place);
  const address = checkAddress(place.with(typed), true);
  const minimum = readMinimum(field.at("min_balance_eth"));
  if (label !== undefined && address !== undefined && isReachable) return { address, label, minimum };
  return { address: hidePrivateKey(typed ?? ""), label: hidePrivateKey(label ?? "") };
}

function readText(field: Field): string | undefined {
  const { value } = field;
  if (typeof value === "string") return value;
  if (value instanceof PythonNumber) return value.text;
  const message = value === undefined
    ? `Missing required key "${field.key}"`
    : `Must be a string, found ${typeName(value)}`;
  return field.error(message, "The wallet is rejected until this is fixed");
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

function readMinimum(field: Field): Threshold {
  const minimum = readThreshold(field.value);
  const advice = "Expected a number of whole coins, such as 0.5";
  if (minimum.belowWei === undefined) {
    field.error("Invalid minimum: every read of this wallet counts as failed", advice);
  } else if (minimum.belowWei < 0n) {
    field.warning("Negative minimum: no balance is ever below it", advice);
  }
  return minimum;
}
