import { dirname, isAbsolute, join } from "node:path";

/** Why a file cannot be read; completes "The file … cannot be read: …". */
export interface Unreadable {
  readonly why: string;
}

/**
 * Reads a text file.
 *
 * @param path where it is; links are followed, but not to where the program may not read
 * @param most the most bytes that make sense
 * @returns the text, its byte order mark kept; or why it cannot be had
 */
export async function readText(path: string, max: number): Promise<string | Unreadable> {
  let bytes: Uint8Array;
  try {
    // Permissions are held against the path that is asked for: a link must not lead round them.
    const target = await realPath(path);
    const { size, isFile, isDirectory } = await Deno.stat(target);
    if (!isFile && !isDirectory) return { why: "it is not a regular file" };
    if (size > max) return { why: `it has ${size} bytes, the maximum is ${max}` };
    bytes = await Deno.readFile(target);
  } catch (error) {
    return { why: whyUnreadable(error) };
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { why: "it is not valid UTF-8" };
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    // A pipe has none, either: looking at it tells why it is not for us.
    if (error instanceof Deno.errors.NotFound) await Deno.stat(path);
    throw error;
  }
}

/**
 * Tells where a file is that a configuration names.
 *
 * @param path as written
 * @param file the configuration's own file; none when it came from a variable
 * @returns beside the configuration, unless it begins with a slash
 */
export function resolveRelative(path: string, file: string | undefined): string {
  return isAbsolute(path) || file === undefined ? path : join(dirname(file), path);
}

function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) {
    return "the exporter may not read service account tokens, /dev, /proc and /sys";
  }
  if (error instanceof Deno.errors.IsADirectory || /is a directory/i.test(String(error))) return "it is a directory";
  return "reading failed";
}
