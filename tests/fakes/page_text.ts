import { Registry } from "prom-client";
import { ENCODERS, type Format } from "../../src/metrics/encoders/encoders.ts";
import { listFamilies } from "../../src/metrics/families/families.ts";
import type { Family } from "../../src/metrics/model/family.ts";
import type { ExporterStatus, Snapshot } from "../../src/metrics/model/snapshot.ts";
import { encodeBlocks } from "../../src/metrics/pages/blocks.ts";

/** The families of coins and, in the original's order, of the exporter as a whole: the first of a page. */
export const WALLET_FAMILIES: readonly Family[] = (await listFamilies(new Registry())).slice(0, 11);

/** Writes families as a page of their own. */
export function textOf(families: readonly Family[], snapshot: Snapshot, format: Format = "text"): string {
  const encoder = ENCODERS[format];
  const texts = families.map((family) =>
    encoder.head(family) + [...encodeBlocks(encoder, family, snapshot)].join("") + encoder.foot(family)
  );
  return encoder.begin + texts.join("") + encoder.end;
}

/** The status of an exporter that just started. */
export function status(): ExporterStatus {
  return {
    source: "WALLET_CONFIG",
    interval: 300,
    rejectedEntries: 0,
    configLoadedAt: 0,
    startedAt: 0,
    hasFailedReload: false,
    lists: [],
  };
}

/** A snapshot without networks. */
export const NO_NETWORKS: Snapshot = {
  generation: 0,
  networks: [],
  exporter: status(),
  shard: undefined,
  common: [["namespace", "ns"], ["release", "rel"]],
  lastCheck: NaN,
  goodUntil: Infinity,
};
