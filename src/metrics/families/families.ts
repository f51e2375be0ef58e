import type { Registry } from "prom-client";
import { ASSET_KINDS } from "../../assets/kinds.ts";
import type { Family } from "../model/family.ts";
import { EXPORTER_FAMILIES, PROCESS_FAMILIES } from "./exporter_families.ts";
import { NETWORK_FAMILIES } from "./network_families.ts";
import { PRICE_FAMILY } from "./price_family.ts";
import { readRegistry } from "./registry.ts";
import { COIN_FAMILIES, MUTED_FAMILY, TOKEN_FAMILIES, valueFamilies } from "./wallet_families.ts";

/** The original's families come first, in its order, so that pages of both can be compared. */
const ORIGINAL: readonly string[] = [
  "wallet_balance_wei",
  "wallet_balance_eth",
  "wallet_balance_below_minimum",
  "wallet_balance_check_success",
  "wallet_balance_check_timestamp",
  "wallet_balance_exporter_up",
  "wallet_balance_exporter_last_check_timestamp",
  "wallet_balance_exporter_info",
];

/** Every family that is made of a snapshot. A new one is added here. */
const OF_SNAPSHOTS: readonly Family[] = [
  ...COIN_FAMILIES,
  ...TOKEN_FAMILIES,
  MUTED_FAMILY,
  ...ASSET_KINDS.flatMap(valueFamilies),
  ...EXPORTER_FAMILIES,
  ...NETWORK_FAMILIES,
  PRICE_FAMILY,
].toSorted((one, other) => placeOf(one) - placeOf(other));

/**
 * Lists every family of the exporter, in the order of a page.
 *
 * @param registry holds the counters and histograms of requests; read as it is now
 */
export async function listFamilies(registry: Registry): Promise<readonly Family[]> {
  return [...OF_SNAPSHOTS, ...await readRegistry(registry), ...PROCESS_FAMILIES];
}

function placeOf({ name }: Family): number {
  const place = ORIGINAL.indexOf(name);
  return place === -1 ? ORIGINAL.length : place;
}
