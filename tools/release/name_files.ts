import type { BundledFile } from "./check_bundle.ts";

/** What the bundler puts behind a name: it depends on where things lie on the machine. */
const HASH = /-[0-9A-Z]{8}(?=\.js$)/;

/** How one file asks for another one. */
const ASKED = /(?<=")\.\/([\w.-]+\.js)(?=")/g;

/**
 * Names the files of a bundle by the order in which they are asked for, so that
 * they are the same on every machine. Names keep their length: the source maps
 * tell places by column.
 *
 * @param files as the bundler named them
 * @param first the name of the one that is started
 * @returns the files that are asked for, in that order
 */
export function nameFiles(files: readonly BundledFile[], first: string): readonly BundledFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const names = new Map<string, string>();
  const ordered: BundledFile[] = [];

  function walk(name: string): void {
    const file = byName.get(name);
    if (file === undefined || names.has(name)) return;
    names.set(name, name.replace(HASH, `-${String(ordered.length).padStart(8, "0")}`));
    ordered.push(file);
    for (const [, asked = ""] of file.text.matchAll(ASKED)) walk(asked);
  }

  walk(first);
  return ordered.map(({ name, text, map }) => ({
    name: names.get(name) ?? name,
    text: text.replace(ASKED, (path, asked) => names.has(asked) ? `./${names.get(asked)}` : path),
    map,
  }));
}
