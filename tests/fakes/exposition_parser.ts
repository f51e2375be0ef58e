import { parseSample, type Series, unescape } from "./exposition_sample.ts";

export type { Series };

const types = ["counter", "gauge", "histogram", "summary", "untyped"] as const;

/** What a family measures. */
export type FamilyType = (typeof types)[number];

/** A family with its block of series. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly series: readonly Series[];
}

interface Block {
  readonly name: string;
  help?: string;
  type?: FamilyType;
  readonly series: Series[];
}

/**
 * Parses a page of the Prometheus text format 0.0.4, strictly: each family is
 * one block that starts with its HELP and TYPE, a sample is in its
 * family's block, and no series occurs twice.
 *
 * @param page the whole page
 * @returns the families in the order of the page
 * @throws {SyntaxError} with the number of the first wrong line
 */
export function parseExposition(page: string): readonly Family[] {
  if (page !== "" && !page.endsWith("\n")) {
    throw new SyntaxError("The page does not end with a line feed");
  }
  const blocks = new Map<string, Block>();
  const seen = new Set<string>();
  let block: Block | undefined;
  for (const [index, line] of page.split("\n").entries()) {
    try {
      if (line === "") continue;
      if (line.startsWith("#")) block = readComment(line, block, blocks);
      else readSample(line, block, seen);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new SyntaxError(`Line ${index + 1}: ${error.message}: ${line}`);
    }
  }
  return [...blocks.values()].map(finish);
}

function readComment(
  line: string,
  current: Block | undefined,
  blocks: Map<string, Block>,
): Block | undefined {
  const [, keyword, name, text] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*)(?: (.*))?$/s.exec(line) ?? [];
  if (name === undefined || text === undefined) {
    throw new SyntaxError("The comment is neither HELP nor TYPE");
  }
  let block = current;
  if (block?.name !== name) {
    if (blocks.has(name)) throw new SyntaxError("The family has two blocks");
    block = { name, series: [] };
    blocks.set(name, block);
  }
  if (block.series.length > 0) {
    throw new SyntaxError(`${keyword} comes after the first sample`);
  }
  if (keyword === "HELP") setHelp(block, text);
  else setType(block, text);
  return block;
}

function setHelp(block: Block, text: string): void {
  if (block.help !== undefined) throw new SyntaxError("HELP stands twice");
  if (!/^(?:[^\\]|\\[\\n])*$/s.test(text)) {
    throw new SyntaxError("HELP has an unknown escape");
  }
  block.help = unescape(text);
}

function setType(block: Block, text: string): void {
  if (block.type !== undefined) throw new SyntaxError("TYPE stands twice");
  const type = types.find((type) => type === text);
  if (type === undefined) throw new SyntaxError(`"${text}" is no type`);
  block.type = type;
}

function readSample(
  line: string,
  block: Block | undefined,
  seen: Set<string>,
): void {
  const series = parseSample(line);
  if (block === undefined || !belongs(series, finish(block))) {
    throw new SyntaxError("The sample stands outside its family's block");
  }
  if (block.type === "counter" && !(series.value >= 0)) {
    throw new SyntaxError("A counter is never negative and never NaN");
  }
  const key = JSON.stringify([
    series.name,
    Object.entries(series.labels).toSorted(),
  ]);
  if (seen.has(key)) throw new SyntaxError("The series stands twice");
  seen.add(key);
  block.series.push(series);
}

function belongs({ name, labels }: Series, family: Family): boolean {
  const part = name.startsWith(family.name) ? name.slice(family.name.length) : undefined;
  const totals = part === "_sum" || part === "_count";
  if (family.type === "histogram") {
    return totals || part === "_bucket" && "le" in labels;
  }
  if (family.type === "summary") {
    return totals || part === "" && "quantile" in labels;
  }
  return part === "";
}

function finish({ name, help, type, series }: Block): Family {
  if (help === undefined) throw new SyntaxError(`"${name}" has no HELP`);
  if (type === undefined) throw new SyntaxError(`"${name}" has no TYPE`);
  return { name, help, type, series };
}
