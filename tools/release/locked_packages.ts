/** A package of npm as the lock file pins it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** The hash of its archive, in the form `sha512-BASE64`. */
  readonly integrity: string;
  /** Its dependencies, each as `name@version`. */
  readonly needs: readonly string[];
}

interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, { readonly integrity: string; readonly dependencies?: readonly string[] }>>;
}

/**
 * Reads packages and their dependencies from the lock file.
 *
 * @param lockText `deno.lock`, version 5
 * @param roots names of the packages that the program imports
 * @returns packages by `name@version`
 * @throws {Error} for another version of the lock file, or a missing package
 */
export function lockedPackages(lockText: string, roots: readonly string[]): ReadonlyMap<string, LockedPackage> {
  const lock: Lock = JSON.parse(lockText);
  if (lock.version !== "5") throw new Error(`deno.lock has version ${lock.version}, not 5`);
  const keys = Object.keys(lock.npm);
  const found = new Map<string, LockedPackage>();

  /** Entries omit the version of a dependency that is locked once. */
  function keyOf(wanted: string): string {
    const exact = Object.entries(lock.specifiers).find(([name]) => name.startsWith(`npm:${wanted}@`));
    const pinned = exact && `${wanted}@${exact[1]}`;
    const key = keys.find((key) => key === pinned) ?? keys.find((key) => key === wanted) ??
      keys.find((key) => key.startsWith(`${wanted}@`));
    if (key === undefined) throw new Error(`deno.lock lacks ${wanted}`);
    return key;
  }
  function add(wanted: string): string {
    const key = keyOf(wanted);
    // A "_" after the version begins the peer dependencies.
    const id = key.replace(/(?<=.@[^@_]+)_.*$/, "");
    if (found.has(id)) return id;
    const { integrity, dependencies = [] } = lock.npm[key] ?? { integrity: "" };
    const at = id.lastIndexOf("@");
    found.set(id, { name: id.slice(0, at), version: id.slice(at + 1), integrity, needs: [] });
    const needs = dependencies.map(add);
    found.set(id, { name: id.slice(0, at), version: id.slice(at + 1), integrity, needs });
    return id;
  }
  roots.forEach(add);
  return found;
}
