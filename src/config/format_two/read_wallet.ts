import type { Labels, WalletConfig } from "../config.ts";
import type { Path } from "../source_tree.ts";
import { checkAddress } from "./check_address.ts";
import { fieldOf } from "./field_of.ts";
import { readTokenLevels } from "./read_tokens.ts";
import { readThresholds, type WrittenThresholds } from "./read_thresholds.ts";
import { walletShape } from "./schema.ts";
import type { Scribe } from "./scribe.ts";

/** What wallets have that do not say it themselves, and what their network is. */
export interface WalletDefaults {
  readonly thresholds: WrittenThresholds;
  readonly labels: Labels;
  /** Of the network's coin. */
  readonly decimals?: number | undefined;
  /** The symbols of the network's tokens; none where they do not matter. */
  readonly symbols?: readonly string[] | undefined;
}

/** Names that the exporter's own labels have, or that Prometheus keeps for itself. */
const TAKEN: ReadonlySet<string> = new Set(
  "address label network release namespace level min_balance_eth token symbol le quantile job instance endpoint".split(
    " ",
  ),
);

/**
 * Reads one wallet of format 2.
 *
 * @param value as parsed
 * @param path where it stands
 * @param defaults what it has unless it says so itself
 * @param scribe takes it out, and is told what is wrong
 * @returns `undefined` when anything is wrong
 */
export function readWallet(
  value: unknown,
  path: Path,
  defaults: WalletDefaults,
  scribe: Scribe,
): WalletConfig | undefined {
  const written = scribe.take(walletShape, value, path);
  checkLabels(fieldOf(value, "labels"), [...path, "labels"], scribe);
  const address = checkAddress(fieldOf(value, "address"), [...path, "address"], scribe);
  if (written === undefined || address === undefined) return undefined;
  const { label, thresholds = {}, min_balance_eth: minimum } = written;
  if (minimum !== undefined && thresholds.minimum !== undefined) {
    scribe.tell(
      "error",
      [...path, "min_balance_eth"],
      "The minimum stands here twice",
      "Keep thresholds.minimum",
      "key",
    );
    return undefined;
  }
  const own = minimum === undefined ? thresholds : { ...thresholds, minimum };
  const { decimals, symbols } = defaults;
  const wallet: WalletConfig = {
    address,
    label,
    ...readThresholds({ ...defaults.thresholds, ...own }, decimals, [...path, "thresholds"], scribe),
    labels: written.labels === undefined ? defaults.labels : { ...defaults.labels, ...written.labels },
  };
  if (written.tokens === undefined || symbols === undefined) return wallet;
  return { ...wallet, tokens: readTokenLevels(written.tokens, symbols, [...path, "tokens"], scribe) };
}

/**
 * Checks the names of labels that a configuration adds.
 *
 * @param labels by name, if they are that
 * @param path where they stand
 * @param scribe told of names that are taken
 */
export function checkLabels(labels: unknown, path: Path, scribe: Scribe): void {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) return;
  for (const name of Object.keys(labels)) {
    if (!isTaken(name)) continue;
    scribe.tell("error", [...path, name], `The label name ${name} is taken`, "Choose another", "key");
  }
}

/**
 * Tells whether a label is none that a configuration may add.
 *
 * @param name of the label
 */
export function isTaken(name: string): boolean {
  return TAKEN.has(name) || name.startsWith("__");
}
