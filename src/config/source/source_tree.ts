import type { Position } from "../model/problem.ts";

/** Keys and indexes that lead from the whole of a configuration to one of its values. */
export type Path = readonly (string | number)[];

/** A configuration text as plain values, and where each of them stands. */
export interface SourceTree {
  /** Objects, arrays, strings, numbers, booleans and null. */
  readonly value: unknown;
  /** What the text itself makes doubtful, such as a key that stands twice. */
  readonly doubts: readonly Doubt[];
  /**
   * Finds a value in the text.
   *
   * @param path to the value, or to a key of an object
   * @param part whether the place of the key is meant, or of the value
   * @returns its place; that of the nearest value around it where there is no such
   */
  placeOf(path: Path, part: "key" | "value"): Position;
}

/** Something wrong with a place of the text, whatever the format says of it. */
export interface Doubt {
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
export function isCut(source: string): boolean {
  const digits = source.replace(/[eE].*$/, "").replace(/[^\d]/g, "").replace(/^0+|0+$/g, "");
  return digits.length > EXACT_DIGITS;
}

/** What is said of such a number. */
export const CUT = {
  message: "The number has more digits than a number can hold",
  advice: "Put it in quotes",
} as const;

/** What is said of a key that an object has twice. */
export const TWICE = { message: "The key stands here twice", advice: "Remove one" } as const;

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
