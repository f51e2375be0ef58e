import type { Defaults, WalletConfig } from "../model/config.ts";
import { fieldOf, type Path, type Reporter } from "../source/source_tree.ts";
import { contradictedLevels } from "../model/threshold.ts";
import { checkAddress, isPrivateKey, PRIVATE_KEY } from "./wallet_address.ts";
import { checkOrder, comparable, readThresholds, readTokenLevels, type WrittenThresholds } from "./read_thresholds.ts";
import { isLabelName, partValues, type WalletShape } from "./wallet_schema.ts";
import type { Validator } from "../source/validator.ts";

/** Defaults and rules for the wallets of a network. */
export interface WalletSetting {
  readonly shape: WalletShape;
  readonly defaults: Defaults;
  /** The default thresholds as configured. */
  readonly thresholds: WrittenThresholds;
  /** The number of wallets so far that contradict a default level. */
  readonly contradictions: Map<string, number>;
  /** Label names of all wallets so far. */
  readonly names: Set<string>;
  /** Of the network's coin. */
  readonly decimals: number | undefined;
  /** The symbols of the network's tokens; none if they are not checked. */
  readonly symbols: readonly string[] | undefined;
}

/** Label names of the exporter itself, or reserved by Prometheus. */
const RESERVED: ReadonlySet<string> = new Set(
  "address label network release namespace level min_balance_eth token symbol le quantile job instance endpoint constructor prototype"
    .split(" "),
);

/**
 * Reads one wallet.
 *
 * @returns `undefined` when anything is wrong
 */
export function readWallet(
  value: unknown,
  path: Path,
  { shape, defaults, thresholds: before, contradictions, names, decimals, symbols }: WalletSetting,
  validator: Validator,
): WalletConfig | undefined {
  const written = validator.parse(shape, value, path);
  const areLabelsGood = checkLabels(fieldOf(value, "labels"), [...path, "labels"], names, validator);
  const isLabelGood = checkLabel(fieldOf(value, "label"), [...path, "label"], validator);
  const address = checkAddress(fieldOf(value, "address"), [...path, "address"], validator);
  if (written === undefined || address === undefined || !areLabelsGood || !isLabelGood) return undefined;
  const { address: _, label, thresholds = {}, min_balance_eth: minimum, labels, tokens, ...others } = written;
  if (minimum !== undefined && thresholds.minimum !== undefined) {
    const message = "Duplicate minimum: thresholds.minimum is set too";
    validator.report("error", [...path, "min_balance_eth"], message, "Keep thresholds.minimum", "key");
    return undefined;
  }
  const own = minimum === undefined ? thresholds : { ...thresholds, minimum };
  checkOrder(own, [...path, "thresholds"], validator);
  for (const level of contradicted(before, own)) contradictions.set(level, (contradictions.get(level) ?? 0) + 1);
  const wallet = { address, label, ...readThresholds(own, decimals), labels, defaults, ...partValues(others) };
  if (tokens === undefined || symbols === undefined) return wallet;
  return { ...wallet, tokens: readTokenLevels(tokens, symbols, [...path, "tokens"], validator) };
}

function contradicted(before: WrittenThresholds, own: WrittenThresholds): readonly string[] {
  if (Object.keys(before).length === 0 || Object.keys(own).length === 0) return [];
  return contradictedLevels(comparable(before), comparable(own));
}

/** A list with swapped columns must not publish keys. */
function checkLabel(label: unknown, path: Path, { report }: Reporter): boolean {
  if (typeof label !== "string" || !isPrivateKey(label)) return true;
  report("error", path, PRIVATE_KEY.message, PRIVATE_KEY.advice);
  return false;
}

/** Every label name is a label of every series. */
const MAX_LABEL_NAMES = 32;

/**
 * Checks additional labels.
 *
 * @returns whether they are valid
 */
export function checkLabels(labels: unknown, path: Path, names: Set<string>, { report }: Reporter): boolean {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) return true;
  for (const [name, value] of Object.entries(labels)) {
    const own = [...path, name];
    // Invalid names are reported with the shape.
    if (!isLabelName(name)) continue;
    if (isReservedLabel(name)) {
      report("error", own, `The label name ${name} is reserved`, "Choose another", "key");
      return false;
    }
    if (typeof value === "string" && isPrivateKey(value)) {
      report("error", own, PRIVATE_KEY.message, PRIVATE_KEY.advice);
      return false;
    }
    if (!names.has(name) && names.size >= MAX_LABEL_NAMES) {
      report("error", own, `More than ${MAX_LABEL_NAMES} label names`, "Each is a label of every series", "key");
      return false;
    }
    names.add(name);
  }
  return true;
}

/** Whether a label name is reserved. */
export function isReservedLabel(name: string): boolean {
  return RESERVED.has(name) || name.startsWith("__");
}
