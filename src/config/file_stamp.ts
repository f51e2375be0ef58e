/** What a file looked like at one moment: another text when it is another file, or was written to. */
export type Stamp = string;

/** The stamp of a file that is not there, or cannot be looked at. */
export const GONE: Stamp = "gone";

/**
 * Looks at a file without reading it. Links are followed.
 *
 * @param path where it is
 */
export async function stampOf(path: string): Promise<Stamp> {
  try {
    const { dev, ino, size, mtime, ctime } = await Deno.stat(path);
    return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch {
    return GONE;
  }
}
