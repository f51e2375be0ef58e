import * as v from "valibot";
import { parse } from "yaml";

const alertDefaults = v.record(
  v.string(),
  v.strictObject({
    enabled: v.boolean(),
    /** The group that contains its rule. */
    group: v.picklist(["checks", "wallets", "outflow", "tokens", "transactions", "exporter"]),
    /** Replaces `@threshold@`; missing for alerts without a threshold. */
    threshold: v.optional(v.number()),
    /** Its purpose, for the maintainers. */
    why: v.string(),
  }),
);

/** Defaults of an alert, with what is for the maintainers only. */
export type AlertDefaults = v.InferOutput<typeof alertDefaults>[string];

/**
 * Parses `chart/files/alerts.yaml`.
 *
 * @returns defaults by alert name, in the order of the rules
 * @throws {v.ValiError} for unknown or invalid keys
 */
export function readAlerts(text: string): ReadonlyMap<string, AlertDefaults> {
  return new Map(Object.entries(v.parse(alertDefaults, parse(text))));
}
