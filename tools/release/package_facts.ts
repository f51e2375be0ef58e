import type { LockedPackage } from "./locked_packages.ts";

/** A bundled package with its licence. */
export interface PackageFacts extends LockedPackage {
  /** SPDX name. */
  readonly licence: string;
  readonly licenceText: string;
}

/**
 * Looks up the licence of a package.
 *
 * @param cache Deno's cache of packages, with a folder per registry
 * @throws {Error} when the package is not in the cache, or has no licence
 */
export async function packageFacts(cache: URL, locked: LockedPackage): Promise<PackageFacts> {
  const folder = await folderOf(cache, `${locked.name}/${locked.version}/`);
  const { license } = JSON.parse(await Deno.readTextFile(new URL("package.json", folder)));
  for await (const { name } of Deno.readDir(folder)) {
    if (!/^licen[cs]e(\.(md|txt))?$/i.test(name) || typeof license !== "string") continue;
    const text = await Deno.readTextFile(new URL(name, folder));
    return { ...locked, licence: license, licenceText: text.replaceAll("\r\n", "\n").trim() };
  }
  throw new Error(`${locked.name} ${locked.version} has no licence`);
}

async function folderOf(cache: URL, path: string): Promise<URL> {
  for await (const registry of Deno.readDir(cache)) {
    const folder = new URL(`${registry.name}/${path}`, cache);
    try {
      await Deno.stat(new URL("package.json", folder));
      return folder;
    } catch {
      // In the folder of another registry.
    }
  }
  throw new Error(`Deno's cache lacks ${path}`);
}
