import { packagesIn, type SourceMap } from "./source_map.ts";

/** What a bundle is held against. */
export interface Allowed {
  /** Packages, each as `name@version`. */
  readonly packages: ReadonlySet<string>;
  /** Folders of the machine that builds, each with a slash at its end; none of them may be spelled out. */
  readonly folders: readonly string[];
}

/** What a bundle consists of. */
export interface Bundled {
  readonly text: string;
  /** Made portable. */
  readonly map: SourceMap;
  /** What it still imports. */
  readonly imports: readonly string[];
}

/**
 * Looks for what must not be in a program that is shipped: code from elsewhere
 * than `main.ts`, `src` and the allowed packages, tests, modules that would be
 * loaded later, and paths of the machine that builds.
 *
 * @param bundled see {@linkcode Bundled}
 * @param allowed see {@linkcode Allowed}
 * @returns what is wrong, a line each; none: it may be shipped
 */
export function checkBundle({ text, map, imports }: Bundled, { packages, folders }: Allowed): readonly string[] {
  const own = (source: string): boolean => source === "main.ts" || source.startsWith("src/");
  return [
    ...map.sources.filter((source) => !own(source) && !source.startsWith("npm/"))
      .map((source) => `holds ${source}, which is neither main.ts nor in src`),
    ...packagesIn(map).filter((name) => !packages.has(name)).map((name) =>
      `holds the package ${name}, not to be shipped`
    ),
    ...imports.filter((name) => !name.startsWith("node:")).map((name) => `would load ${name} when it runs`),
    ...folders.filter((folder) => folder !== "/" && text.includes(folder)).map((folder) =>
      `spells out the folder ${folder}`
    ),
    ...(text.includes("Deno.test(") ? ["holds a test"] : []),
  ];
}
