/**
 * Looks into a value that may be no object.
 *
 * @returns the value of a key; `undefined` when there is none
 */
export function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
