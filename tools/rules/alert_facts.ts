import * as v from "valibot";
import { parse } from "yaml";

/** What is told of one alert besides its rule. */
export interface AlertFacts {
  /** Whether it is on unless somebody says otherwise. */
  readonly enabled: boolean;
  /** What it is about. */
  readonly group: "checks" | "wallets" | "tokens" | "exporter";
  /** What stands in its expression; none where there is nothing to tune. */
  readonly threshold?: number | undefined;
  /** What it is for, in a line. */
  readonly why: string;
}

/** Alerts by their names, in the order of the rules. */
export type Alerts = ReadonlyMap<string, AlertFacts>;

const shape = v.record(
  v.string(),
  v.strictObject({
    enabled: v.boolean(),
    group: v.picklist(["checks", "wallets", "tokens", "exporter"]),
    threshold: v.optional(v.number()),
    why: v.string(),
  }),
);

/**
 * Reads what is told of the alerts.
 *
 * @param text of `chart/files/alerts.yaml`
 * @throws {v.ValiError} when it is none such
 */
export function readAlerts(text: string): Alerts {
  return new Map(Object.entries(v.parse(shape, parse(text))));
}
