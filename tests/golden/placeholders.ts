import manifest from "../../deno.json" with { type: "json" };
import type { ExpectedSeries } from "./cases.ts";

/** What stands for `{{NAME}}`, by name. */
export type Placeholders = Readonly<Record<string, string>>;

/** The placeholders that are the same in every lane. */
export const FIXED = {
  RELEASE: "golden-release",
  NAMESPACE: "golden-namespace",
  VERSION: manifest.version,
} as const satisfies Placeholders;

/**
 * Fills the placeholders of a text. `{{TIME}}` stays.
 *
 * @throws {RangeError} on an unknown placeholder
 */
export function fill(text: string, values: Placeholders): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    if (name === "TIME") return whole;
    const value = values[name];
    if (value === undefined) {
      throw new RangeError(`Unknown placeholder ${whole}`);
    }
    return value;
  });
}

/** Fills the placeholders in the labels of a series. */
export function fillSeries(
  series: ExpectedSeries,
  values: Placeholders,
): ExpectedSeries {
  const labels = Object.entries(series.labels).map((
    [name, value],
  ) => [name, fill(value, values)]);
  return { ...series, labels: Object.fromEntries(labels) };
}
