/** What `deno compile` writes into a binary besides the program. */
export interface Baked extends Readonly<Record<string, unknown>> {
  readonly permissions: Readonly<Record<string, readonly string[] | boolean | null>>;
}

/** The last bytes of a binary with something appended: a magic number, a hash of its name, its length. */
const TRAILER = 16;
const MAGIC = 0x501e;

/**
 * Reads what is baked into a binary.
 *
 * @param path the binary
 * @throws {Error} when nothing is
 */
export async function bakedMetadata(path: string): Promise<Baked> {
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  const end = bytes.length - TRAILER;
  if (view.getUint32(end, true) !== MAGIC) throw new Error(`${path} holds no program`);
  const start = bytes.length - Number(view.getBigUint64(end + 8, true));
  // After a mark of 8 bytes comes the length of the metadata.
  const length = Number(view.getBigUint64(start + 8, true));
  return JSON.parse(new TextDecoder().decode(bytes.subarray(start + 16, start + 16 + length)));
}
