import { dirname, isAbsolute, join } from "node:path";
import { decodeUtf8 } from "../../util/encodings.ts";

/** Why a file cannot be read; completes "Cannot read the file …: …". */
export interface Unreadable {
  readonly why: string;
}

/**
 * Reads a text file.
 *
 * @param max bytes
 * @returns the text with its byte order mark, or why it cannot be read
 */
export async function readText(path: string, max: number): Promise<string | Unreadable> {
  try {
    // Permissions apply to the requested path: a link must not bypass them.
    const target = await realPath(path);
    const { size, isFile, isDirectory } = await Deno.stat(target);
    if (!isFile && !isDirectory) return { why: "it is not a regular file" };
    if (size > max) return { why: `it has ${size} bytes, the maximum is ${max}` };
    return decodeUtf8(await Deno.readFile(target)) ?? { why: "it is not valid UTF-8" };
  } catch (error) {
    return { why: whyUnreadable(error) };
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    // A pipe has no real path either: stat() says whether it exists.
    if (error instanceof Deno.errors.NotFound) await Deno.stat(path);
    throw error;
  }
}

/** Resolves a path in a configuration relative to the configuration's own file. */
export function resolveRelative(path: string, file: string | undefined): string {
  return isAbsolute(path) || file === undefined ? path : join(dirname(file), path);
}

/** Says why a file or folder cannot be read; completes "Cannot read …: …". */
export function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) {
    return "the exporter may not read service account tokens, /dev, /proc and /sys";
  }
  if (error instanceof Deno.errors.IsADirectory || /is a directory/i.test(String(error))) return "it is a directory";
  return "reading failed";
}
