import { basename, dirname, join } from "node:path";
import { isPattern, nameMatcher } from "./file_pattern.ts";
import { type Unreadable, whyUnreadable } from "./read_text.ts";

/** Identifies a version of a file: it differs after a write or a replacement. */
export type Stamp = string;

/** Files, with the stamp that each had before it was read. */
export type Stamps = ReadonlyMap<string, Stamp>;

/** The stamp of a file that is missing, or not accessible. */
export const GONE: Stamp = "gone";

/** The files of a folder that match a pattern. */
export interface MatchingFiles {
  /** In the order of their names. */
  readonly files: readonly StampedFile[];
  /** How many more there are. */
  readonly excess: number;
}

/** A file with its path, as it is now. */
export interface StampedFile {
  readonly path: string;
  readonly stamp: Stamp;
}

/** Each file has its series, and is looked at every two seconds. */
export const MAX_MATCHING_FILES = 1000;

/**
 * Takes the stamp of a file without reading it, or of all files that match a pattern; follows links.
 *
 * @param path may be a pattern in its last segment
 */
export async function stampOf(path: string): Promise<Stamp> {
  const own = await stampOfFile(path);
  return isPattern(path) ? `${own} ${JSON.stringify(await findFiles(path))}` : own;
}

/**
 * Finds the files that match a pattern. Links are followed, folders are left out.
 *
 * @returns the files, none if the folder does not exist; or why it cannot be read
 */
export async function findFiles(pattern: string): Promise<MatchingFiles | Unreadable> {
  const folder = dirname(pattern);
  const matches = nameMatcher(basename(pattern));
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) if (!isDirectory && matches(name)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return { why: whyUnreadable(error) };
  }
  const paths = names.sort().slice(0, MAX_MATCHING_FILES).map((name) => join(folder, name));
  const stamped = await Promise.all(paths.map(async (path) => ({ path, stamp: await stampOfFile(path) })));
  return { files: stamped.filter(({ stamp }) => stamp !== FOLDER), excess: names.length - paths.length };
}

/** The stamp of a folder, to which a link may lead. */
const FOLDER: Stamp = "folder";

async function stampOfFile(path: string): Promise<Stamp> {
  try {
    const { dev, ino, size, mtime, ctime, isDirectory } = await Deno.stat(path);
    return isDirectory ? FOLDER : [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch {
    return GONE;
  }
}
