/** What `deno compile` writes into a binary besides the program. */
export interface Baked extends Readonly<Record<string, unknown>> {
  readonly permissions: Readonly<Record<string, readonly string[] | boolean | null>>;
  readonly v8_flags: readonly string[];
}

/** Precedes the length of the metadata in every version so far. */
const MARK = new TextEncoder().encode("d3n0l4nd");

/**
 * Reads the metadata that is compiled into a binary.
 *
 * @throws {Error} when there is none
 */
export async function bakedMetadata(path: string): Promise<Baked> {
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  for (let at = bytes.indexOf(MARK[0] ?? 0); at !== -1; at = bytes.indexOf(MARK[0] ?? 0, at + 1)) {
    const start = at + MARK.length + 8;
    if (bytes[start] !== "{".charCodeAt(0) || !MARK.every((byte, index) => bytes[at + index] === byte)) continue;
    const length = Number(view.getBigUint64(start - 8, true));
    return JSON.parse(new TextDecoder().decode(bytes.subarray(start, start + length)));
  }
  throw new Error(`${path} holds no program`);
}

/**
 * Removes empty values, in which versions of the compiler differ: `null`, `false`, and lists and objects of these.
 *
 * @returns `undefined` when nothing is left
 */
export function meaning(value: unknown): unknown {
  if (value === null || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value !== "object") return value;
  const parts = Object.entries(value).flatMap(([key, part]) => {
    const left = meaning(part);
    return left === undefined ? [] : [[key, left]];
  });
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}
