import type { Encoder } from "./encoder.ts";
import { OPENMETRICS, TEXT } from "./exposition.ts";

/** The formats of a page by name, the preferred first. A new one is added here. */
export const ENCODERS = { openmetrics: OPENMETRICS, text: TEXT } satisfies Record<string, Encoder>;

/** The name of a format. */
export type Format = keyof typeof ENCODERS;

/** The names of all formats. */
export const FORMATS: readonly Format[] = Object.keys(ENCODERS).filter(isFormat);

function isFormat(name: string): name is Format {
  return Object.hasOwn(ENCODERS, name);
}
