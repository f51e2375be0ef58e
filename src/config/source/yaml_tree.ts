import {
  Alias,
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from "yaml";
import { ConfigError, type Position, refusal } from "../model/problem.ts";
import {
  duplicateKey,
  losesPrecision,
  type Path,
  PRECISION_LOSS,
  type SourceTree,
  type SourceWarning,
} from "./source_tree.ts";

/** In characters: parsed it takes some seventy times its size in memory. */
const MAX_YAML_LENGTH = 2 * 1024 * 1024;
/** A few nested aliases fill any memory. */
const MAX_ALIASES = 100;
/** The library compares each alias with all anchors and aliases: more steps take seconds. */
const MAX_ALIAS_STEPS = 5e8;

/** The parser's codes; its own messages may quote the file, which may hold keys. */
const MEANINGS: Readonly<Record<string, string>> = {
  BAD_INDENT: "A line is indented too little, or a bracket is not closed",
  TAB_AS_INDENT: "A tab indents the line, which YAML does not allow",
  MISSING_CHAR: "A quote, a bracket, a comma or a colon is missing",
  BAD_SCALAR_START: "A string that begins with this character needs quotes",
  BLOCK_AS_IMPLICIT_KEY: "A second colon in the line: a string with a colon and a space needs quotes",
  NON_STRING_KEY: "A key must be a string",
  BAD_ALIAS: "Unknown alias: its anchor must come before it",
  TAG_RESOLVE_FAILED: "Tags are not supported",
  UNEXPECTED_TOKEN: "Unexpected characters",
};

/**
 * Parses YAML 1.2 to plain values with places. Hexadecimal numbers stay strings, so
 * that addresses need no quotes; anchors and merge keys work.
 *
 * @throws {ConfigError} when it is not YAML, more than one document, or too large
 */
export function yamlTree(text: string, source: string): SourceTree {
  if (text.length > MAX_YAML_LENGTH) {
    throw refusal(source, "The YAML is larger than 2 MB", "Move wallets to files, or write JSON");
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ""), {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // The library compares each key with all others of its mapping.
    uniqueKeys: false,
    merge: true,
    logLevel: "silent",
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || tag.format !== "HEX" && tag.format !== "OCT"),
  });
  const placeAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (second !== undefined) {
    const [start] = second.range;
    throw refusal(source, "A second YAML document starts here", "Keep one document in the file", placeAt(start));
  }
  if (document === undefined) throw refusal(source, "The text is empty", "");
  const mistakes: readonly Mistake[] = [...document.errors, ...document.warnings, ...duplicateKeys(document)];
  if (mistakes.length > 0) {
    const problems = mistakes.map(({ code, pos: [offset], key }) => ({
      severity: "error" as const,
      path: "",
      ...placeAt(offset),
      message: MEANINGS[code] ?? "Invalid YAML",
      advice: "",
      ...key === undefined ? {} : duplicateKey(key),
    }));
    // A text that ends too early gives the same error for each open bracket.
    const once = new Map(problems.map((problem) => [`${problem.line}:${problem.column} ${problem.message}`, problem]));
    throw new ConfigError(source, [...once.values()]);
  }
  return {
    value: plainValue(document, source),
    warnings: imprecise(document),
    placeOf: (path, part) => placeAt(offsetOf(document, path, part)),
  };
}

function plainValue(document: Document.Parsed, source: string): unknown {
  if (aliasSteps(document) > MAX_ALIAS_STEPS) throw aliasRefusal(source);
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    throw aliasRefusal(source);
  }
}

function aliasSteps(document: Document.Parsed): number {
  let [aliases, anchors] = [0, 0];
  visit(document, {
    Alias: () => void aliases++,
    Value: (_, { anchor }) => void (anchor === undefined ? 0 : anchors++),
  });
  return aliases * (aliases + anchors);
}

function aliasRefusal(source: string): ConfigError {
  return refusal(source, "Aliases repeat too much of the text", "Write the values out");
}

interface Mistake {
  readonly code: string;
  readonly pos: readonly [offset: number, ...unknown[]];
  /** The key that is there twice. */
  readonly key?: string;
}

function duplicateKeys(document: Document.Parsed): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key) || key.value === "<<") continue;
        if (keys.has(key.value)) mistakes.push({ code: "", pos: [key.range?.[0] ?? 0], key: String(key.value) });
        keys.add(key.value);
      }
    },
  });
  return mistakes;
}

function imprecise(document: Document.Parsed): readonly SourceWarning[] {
  const warnings: SourceWarning[] = [];
  visit(document, {
    Scalar(key, { value, source }, parents) {
      if (typeof value !== "number" || source === undefined || !losesPrecision(source)) return;
      const path = parents.flatMap((parent, index) => stepOf(parents[index + 1] ?? key, parent));
      warnings.push({ path, part: "value", ...PRECISION_LOSS });
    },
  });
  return warnings;
}

/** The path step from a parent to the next node. */
function stepOf(next: unknown, parent: unknown): Path {
  if (isSeq(parent)) return [typeof next === "number" ? next : parent.items.indexOf(next)];
  const key = typeof next === "object" && next !== null && "key" in next ? next.key : undefined;
  return isMap(parent) && isScalar(key) ? [String(key.value)] : [];
}

function offsetOf(document: Document.Parsed, path: Path, part: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (node instanceof Alias) node = node.resolve(document);
    const pair = isMap(node) ? pairOf(node, step) : undefined;
    const value: unknown = isSeq(node) && typeof step === "number" ? node.items[step] : pair?.value;
    const isKey = part === "key" && index === path.length - 1;
    const found = isKey ? startOf(pair?.key) ?? startOf(value) : startOf(value) ?? startOf(pair?.key);
    if (found === undefined) return offset;
    [node, offset] = [value, found];
  }
  return offset;
}

/** Pairs of a mapping that are searched one by one. */
const MAX_LINEAR_SEARCH = 64;

/** The pairs of large mappings: searching all of them for each problem would take minutes. */
const large = new WeakMap<YAMLMap, ReadonlyMap<unknown, Pair>>();

function pairOf(map: YAMLMap, key: unknown): Pair | undefined {
  if (map.items.length <= MAX_LINEAR_SEARCH) {
    return map.items.find((item) => isScalar(item.key) && item.key.value === key);
  }
  let pairs = large.get(map);
  if (pairs === undefined) {
    pairs = new Map(map.items.map((item) => [isScalar(item.key) ? item.key.value : undefined, item]));
    large.set(map, pairs);
  }
  return pairs.get(key);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
