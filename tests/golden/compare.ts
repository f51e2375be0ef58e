import type { Series } from "../fakes/exposition_parser.ts";
import type { ExpectedSeries } from "./cases.ts";

/** Seconds that a time may be away from now. */
const plausible = 300;

/**
 * Compares the series of a page with those that must be there, as sets.
 *
 * @param expected what must be there, placeholders filled
 * @param found what is there
 * @param now the time in seconds, for `{{TIME}}`
 * @returns a line for each difference; none: they agree
 */
export function compareSeries(
  expected: readonly ExpectedSeries[],
  found: readonly Series[],
  now: number,
): readonly string[] {
  const left = new Map(found.map((series) => [identity(series), series.value]));
  const lines: string[] = [];
  for (const series of expected) {
    const id = identity(series);
    const value = left.get(id);
    left.delete(id);
    if (value === undefined) {
      lines.push(`missing     ${id} ${series.value}`);
    } else if (!agrees(series.value, value, now)) {
      lines.push(`different   ${id} ${value} instead of ${series.value}`);
    }
  }
  for (const [id, value] of left) lines.push(`unexpected  ${id} ${value}`);
  return lines;
}

function identity({ name, labels }: Pick<Series, "name" | "labels">): string {
  const sorted = Object.entries(labels).toSorted(([one], [other]) => one < other ? -1 : 1);
  const texts = sorted.map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}{${texts.join(",")}}`;
}

function agrees(expected: string, value: number, now: number): boolean {
  if (expected === "{{TIME}}") return Math.abs(value - now) <= plausible;
  return Number(expected) === value;
}
