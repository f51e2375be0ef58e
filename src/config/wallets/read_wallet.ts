import type { Defaults, WalletConfig } from "../model/config.ts";
import { type Field } from "../source/source_tree.ts";
import { contradictedLevels } from "../model/threshold.ts";
import { checkAddress, isPrivateKey, PRIVATE_KEY } from "./wallet_address.ts";
import { checkOrder, comparable, readThresholds, readTokenLevels, type WrittenThresholds } from "./read_thresholds.ts";
import { isLabelName, parseTime, partValues, type WalletShape } from "./wallet_schema.ts";
import { parse } from "../source/validator.ts";
import { KEY_PLACES } from "./key_places.ts";

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
  /** The names of views that belong to contracts. */
  readonly ofContracts?: readonly string[];
}

/** Label names of the exporter itself, or reserved by Prometheus. */
const RESERVED: ReadonlySet<string> = new Set(
  "address label network release namespace level min_balance_eth muted_until token symbol le quantile job instance endpoint constructor prototype"
    .split(" "),
);

/**
 * Reads one wallet.
 *
 * @param maxProblems how many problems of its shape are reported
 * @returns `undefined` when anything is wrong
 */
export function readWallet(
  field: Field,
  { shape, defaults, thresholds: before, contradictions, names, decimals, symbols, ofContracts }: WalletSetting,
  maxProblems?: number,
): WalletConfig | undefined {
  const written = parse(shape, field, { max: maxProblems, places: KEY_PLACES });
  const areLabelsGood = checkLabels(field.at("labels"), names);
  const isLabelGood = checkNoKey(field.at("label"));
  const address = checkAddress(field.at("address"));
  if (written === undefined || address === undefined || !areLabelsGood || !isLabelGood) return undefined;
  const { address: _, label, thresholds = {}, min_balance_eth: minimum, labels, tokens, mute, ...others } = written;
  if (minimum !== undefined && thresholds.minimum !== undefined) {
    const message = "Duplicate minimum: thresholds.minimum is set too";
    return field.at("min_balance_eth").error(message, "Keep thresholds.minimum", "key");
  }
  const until = mute && parseTime(mute.until);
  if (mute !== undefined && until === undefined) {
    return field.at("mute").at("until").error("There is no such time", "Use a date such as 2027-01-31");
  }
  const own = minimum === undefined ? thresholds : { ...thresholds, minimum };
  checkOrder(own, field.at("thresholds"));
  for (const level of contradicted(before, own)) contradictions.set(level, (contradictions.get(level) ?? 0) + 1);
  const wallet = {
    address,
    label,
    ...readThresholds(own, decimals),
    labels,
    defaults,
    ...partValues(others),
    ...(mute === undefined || until === undefined ? {} : { mute: { until, reason: mute.reason } }),
  };
  if (tokens === undefined || symbols === undefined) return wallet;
  return { ...wallet, tokens: readTokenLevels(tokens, symbols, field.at("tokens"), ofContracts) };
}

function contradicted(before: WrittenThresholds, own: WrittenThresholds): readonly string[] {
  if (Object.keys(before).length === 0 || Object.keys(own).length === 0) return [];
  return contradictedLevels(comparable(before), comparable(own));
}

/** A list with swapped columns must not publish keys. */
function checkNoKey(field: Field): boolean {
  if (typeof field.value !== "string" || !isPrivateKey(field.value)) return true;
  field.error(PRIVATE_KEY.message, PRIVATE_KEY.advice);
  return false;
}

/** Every label name is a label of every series. */
const MAX_LABEL_NAMES = 32;

/**
 * Checks additional labels.
 *
 * @returns whether they are valid
 */
export function checkLabels(field: Field, names: Set<string>): boolean {
  const { value: labels } = field;
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) return true;
  for (const name of Object.keys(labels)) {
    // Invalid names are reported with the shape.
    if (!isLabelName(name)) continue;
    const own = field.at(name);
    if (isReservedLabel(name)) {
      own.error(`The label name ${name} is reserved`, "Choose another", "key");
      return false;
    }
    if (!checkNoKey(own)) return false;
    if (!names.has(name) && names.size >= MAX_LABEL_NAMES) {
      own.error(`More than ${MAX_LABEL_NAMES} label names`, "Each is a label of every series", "key");
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
