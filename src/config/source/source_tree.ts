import type { Position, Problem, Severity } from "../model/problem.ts";

/** Keys and indexes from the root to a value. */
export type Path = readonly (string | number)[];

/** A configuration text as plain values, and where each of them is. */
export interface SourceTree {
  /** Objects, arrays, strings, numbers, booleans and null. */
  readonly value: unknown;
  /** What is wrong with the text itself, such as a duplicate key. */
  readonly warnings: readonly SourceWarning[];
  /**
   * Finds the position of a value, or of the key of an object.
   *
   * @returns that of the nearest value around it if there is no such
   */
  placeOf(path: Path, part: "key" | "value"): Position;
}

/** Something wrong with a place of the text, whatever the version allows there. */
export interface SourceWarning {
  readonly path: Path;
  readonly part: "key" | "value";
  readonly message: string;
  readonly advice: string;
}

/** Decimal digits that a double always keeps. */
const EXACT_DIGITS = 15;

/**
 * Whether a number has more digits than a double keeps.
 *
 * @param source such as `0.1` or `1e21`
 */
export function losesPrecision(source: string): boolean {
  const digits = source.replace(/[eE].*$/, "").replace(/[^\d]/g, "").replace(/^0+|0+$/g, "");
  return digits.length > EXACT_DIGITS;
}

/** Reported for such a number. */
export const PRECISION_LOSS = {
  message: "The number has more digits than a 64-bit float can hold",
  advice: "Put it in quotes",
} as const;

/** Reported for the second of two equal keys of an object. */
export function duplicateKey(key: string): Pick<SourceWarning, "message" | "advice"> {
  return { message: `Duplicate key${isPlainKey(key) ? ` "${key}"` : ""}`, advice: "Remove one" };
}

/**
 * Formats a path.
 *
 * @param path such as `["networks", 0, "name"]`
 * @returns such as `networks[0].name`; other keys are replaced by `…`
 */
export function pathText(path: Path): string {
  return path.map((step, index) => {
    if (typeof step === "number") return `[${step}]`;
    const key = isPlainKey(step) ? step : "…";
    return index === 0 ? key : `.${key}`;
  }).join("");
}

/** Whether a key is a plain name, not a misplaced URL or secret. */
export function isPlainKey(key: string): boolean {
  return /^[A-Za-z_.-]{1,32}\d{0,2}$/.test(key);
}

/** The type of a value with its article; never the value. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** What a problem is of: a value, its key, or a value that a server caused. */
type Part = "key" | "value" | "remote";

/** Collects what is wrong with a text. */
export interface Reporter {
  /** In the order of the text. */
  readonly problems: readonly Problem[];
  report(severity: Severity, path: Path, message: string, advice: string, part?: Part): void;
  /** Formats a path. */
  textOf(path: Path): string;
}

/** Makes a reporter, which reports the warnings of the text first. */
export function createReporter(
  { placeOf, warnings = [] }: Pick<SourceTree, "placeOf"> & Partial<SourceTree>,
  textOf = pathText,
): Reporter {
  const problems: Problem[] = [];
  const report: Reporter["report"] = (severity, path, message, advice, part = "value") => {
    const isRemote = part === "remote";
    const place = placeOf(path, isRemote ? "value" : part);
    problems.push({ severity, path: textOf(path), ...place, message, advice, ...isRemote ? { isRemote } : {} });
  };
  for (const { path, part, message, advice } of warnings) report("error", path, message, advice, part);
  return {
    get problems(): readonly Problem[] {
      return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    },
    report,
    textOf,
  };
}

/** A value of a configuration with its place, at which problems are reported. */
export class Field {
  readonly value: unknown;
  readonly #reporter: Reporter;
  /** The field around it. */
  readonly #outer: Field | undefined;
  /** In the field around it; none of the whole. */
  readonly key: string | number;

  constructor(value: unknown, reporter: Reporter, outer?: Field, key: string | number = "") {
    this.value = value;
    this.#reporter = reporter;
    this.#outer = outer;
    this.key = key;
  }

  /** Computed when a problem is reported, since most fields have none. */
  get path(): Path {
    return this.#outer === undefined ? [] : [...this.#outer.path, this.key];
  }

  /** Its path, such as `networks[0].name`. */
  toString(): string {
    return this.#reporter.textOf(this.path);
  }

  /** The field of a key or index; its value is `undefined` if there is none. */
  at(key: string | number): Field {
    return new Field(fieldOf(this.value, key), this.#reporter, this, key);
  }

  /** Another value at the same place. */
  with(value: unknown): Field {
    return new Field(value, this.#reporter, this.#outer, this.key);
  }

  /** The items of a list; none if it is not a list. */
  *items(): Iterable<Field> {
    if (!Array.isArray(this.value)) return;
    for (const index of this.value.keys()) yield this.at(index);
  }

  error(message: string, advice: string, part?: Part): undefined {
    this.#reporter.report("error", this.path, message, advice, part);
  }

  warning(message: string, advice: string, part?: Part): undefined {
    this.#reporter.report("warning", this.path, message, advice, part);
  }

  notice(message: string, advice: string, part?: Part): undefined {
    this.#reporter.report("notice", this.path, message, advice, part);
  }
}

/** The value of a key or index; `undefined` if the value has no such. */
export function fieldOf(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
