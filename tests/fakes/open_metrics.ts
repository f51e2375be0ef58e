import { parseSample, type Series } from "./exposition_sample.ts";

/** A family of an OpenMetrics page with its samples. */
export interface OpenFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: readonly Series[];
}

/** The ends that the samples of each type may have. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  gauge: [""],
  counter: ["_total"],
  info: ["_info"],
  histogram: ["_bucket", "_sum", "_count"],
};

/**
 * Parses a page of OpenMetrics 1.0, strictly, as far as the exporter uses it:
 * HELP before TYPE, each family in one block, names by their types.
 *
 * @param page the whole page
 * @throws {SyntaxError} for the first thing that is wrong
 */
export function parseOpenMetrics(page: string): readonly OpenFamily[] {
  const lines = page.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "# EOF") throw new SyntaxError("The page does not end with # EOF");
  const families = new Map<string, { name: string; type: string; help: string; series: Series[] }>();
  const seen = new Set<string>();
  let help: RegExpExecArray | undefined;
  let name = "";
  for (const line of lines) {
    if (line.startsWith("# HELP ")) {
      help = /^# HELP ([a-zA-Z_:][\w:]*) ((?:[^"\\]|\\[\\"n])*)$/s.exec(line) ?? undefined;
      if (help === undefined) throw new SyntaxError(`Wrong HELP: ${line}`);
    } else if (line.startsWith("# ")) {
      const [, named = "", type = ""] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (named !== help?.[1] || !Object.hasOwn(SUFFIXES, type)) throw new SyntaxError(`Wrong TYPE: ${line}`);
      if (families.has(named)) throw new SyntaxError(`The family stands twice: ${line}`);
      families.set(named, { name: named, type, help: unescapeHelp(help[2] ?? ""), series: [] });
      name = named;
      help = undefined;
    } else {
      const family = families.get(name);
      const sample = parseSample(line);
      if (family === undefined || !belongs(sample, family)) throw new SyntaxError(`Not of the family: ${line}`);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).toSorted()]);
      if (seen.has(key)) throw new SyntaxError(`The series stands twice: ${line}`);
      seen.add(key);
      family.series.push(sample);
    }
  }
  return [...families.values()];
}

function belongs({ name, labels, value }: Series, family: Omit<OpenFamily, "series">): boolean {
  const suffix = SUFFIXES[family.type]?.find((end) => name === family.name + end);
  if (suffix === undefined) return false;
  if (suffix === "_info") return value === 1;
  if (suffix === "_total" || suffix === "_count") return value >= 0;
  return suffix !== "_bucket" || /^(\+Inf|\d+\.\d+|\d+(\.\d+)?e[+-]?\d+)$/.test(labels["le"] ?? "");
}

function unescapeHelp(text: string): string {
  return text.replace(/\\(.)/gs, (_, escaped: string) => escaped === "n" ? "\n" : escaped);
}
