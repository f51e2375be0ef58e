/** Milliseconds in each unit of a duration. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A duration with units, such as `1h30m`. */
export const WITH_UNITS = /^(\d+(\.\d+)?(ms|[smhdw]))+$/;

/**
 * Reads a duration: whole seconds, as the original took them, or numbers with units.
 *
 * @param text such as `300`, ` 60 `, `15s`, `5m`, `1h30m`
 * @returns milliseconds, or `undefined` when the text is not a duration
 */
export function readDuration(text: string): number | undefined {
  const bare = text.trim();
  if (/^\d{1,12}$/.test(bare)) return Number(bare) * 1000;
  if (!WITH_UNITS.test(bare) || bare.length > 40) return undefined;
  let sum = 0;
  for (const [, number = "", unit = ""] of bare.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    sum += Number(number) * (UNITS[unit] ?? NaN);
  }
  return sum;
}
