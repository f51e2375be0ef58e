import type { BundledFile } from "./check_bundle.ts";

/** The bundler's suffix of a name: it depends on paths of the machine. */
const HASH = /-[0-9A-Z]{8}(?=\.js$)/;

/** How one file imports another. */
const IMPORTED = /(?<=")\.\/([\w.-]+\.js)(?=")/g;

/**
 * Names the files of a bundle by the order in which they are imported: the same on every machine. Names keep their
 * length, since source maps refer to columns.
 *
 * @param first the name of the entry file
 * @returns the imported files, in that order
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
    for (const [, imported = ""] of file.text.matchAll(IMPORTED)) walk(imported);
  }

  walk(first);
  return ordered.map(({ name, text, map }) => ({
    name: names.get(name) ?? name,
    text: text.replace(IMPORTED, (path, imported) => names.has(imported) ? `./${names.get(imported)}` : path),
    map,
  }));
}
