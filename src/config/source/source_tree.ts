import type { Position, Problem, Severity } from "../model/problem.ts";

/** Keys and indexes that lead from the whole of a configuration to one of its values. */
export type Path = readonly (string | number)[];

/** A configuration text as plain values, and where each of them is. */
export interface SourceTree {
  /** Objects, arrays, strings, numbers, booleans and null. */
  readonly value: unknown;
  /** What is wrong with the text itself, such as a duplicate key. */
  readonly warnings: readonly SourceWarning[];
  /**
   * Finds a value in the text.
   *
   * @param path to the value, or to a key of an object
   * @param part whether the place of the key is meant, or of the value
   * @returns its place; that of the nearest value around it where there is no such
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

/** A double keeps this many digits of any decimal number. */
const EXACT_DIGITS = 15;

/**
 * Tells whether a number has more digits than survive in a double.
 *
 * @param source the number as written, such as `0.1` or `1e21`
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
 * Writes a path as it is written in code.
 *
 * @param path such as `["networks", 0, "name"]`
 * @returns such as `networks[0].name`; keys that may be anything else are not repeated
 */
export function pathText(path: Path): string {
  return path.map((step, index) => {
    if (typeof step === "number") return `[${step}]`;
    const key = isPlainKey(step) ? step : "…";
    return index === 0 ? key : `.${key}`;
  }).join("");
}

/** Whether a key is a mere name, and so no URL or secret that stands in a wrong place. */
export function isPlainKey(key: string): boolean {
  return /^[A-Za-z_.-]{1,32}\d{0,2}$/.test(key);
}

/**
 * Looks into a value that may be no object.
 *
 * @returns the value of a key; `undefined` when there is none
 */
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
  /** Reports a problem of a value, or of its key; `remote`: of a value, caused by a server. */
  report(severity: Severity, path: Path, message: string, advice: string, part?: "key" | "value" | "remote"): void;
}

/**
 * Makes a reporter.
 *
 * @param tree finds the places
 * @param textOf writes a path for people
 */
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
