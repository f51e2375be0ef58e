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

/** The value of a key; `undefined` if the value is not an object, or has no such key. */
export function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

/** The type of a value with its article; never the value. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Collects what is wrong with a text. */
export interface Reporter {
  /** In the order of the text. */
  readonly problems: readonly Problem[];
  /** Reports a problem of a value, or of its key; `remote` is one of a value that a server caused. */
  report(severity: Severity, path: Path, message: string, advice: string, part?: "key" | "value" | "remote"): void;
}

/** Makes a reporter. */
export function createReporter({ placeOf }: Pick<SourceTree, "placeOf">, textOf = pathText): Reporter {
  const problems: Problem[] = [];
  return {
    get problems(): readonly Problem[] {
      return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    },
    report(severity, path, message, advice, part = "value"): void {
      const isRemote = part === "remote";
      const place = placeOf(path, isRemote ? "value" : part);
      problems.push({ severity, path: textOf(path), ...place, message, advice, ...isRemote ? { isRemote } : {} });
    },
  };
}
