import { packagesIn, type SourceMap } from "./source_map.ts";

/** What a bundle is held against. */
export interface Allowed {
  /** Packages, each as `name@version`. */
  readonly packages: ReadonlySet<string>;
  /** Folders of the machine that builds, as plain paths; none of them may be spelled out. */
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

/** What would load code when the program runs, or test it; all of ours is in the bundle. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bimport\(/, "would load a module when it runs"],
  [/\bnew Worker\(/, "would start a worker"],
  [/[\w$]\("(?:\.{0,2}\/|https?:)[^"\n]*\.[cm]?[jt]s"\)/, "would load a file when it runs"],
  [/\bDeno\b.{0,20}\btest\b/, "holds a test"],
];

/**
 * Looks for what must not be in a program that is shipped: code from elsewhere
 * than `main.ts`, `src` and the allowed packages, tests, modules that would be
 * loaded later, and paths of the machine that builds. It guards against mistakes,
 * not against somebody who means to get past it.
 *
 * @param bundled see {@linkcode Bundled}
 * @param allowed see {@linkcode Allowed}
 * @returns what is wrong, a line each; none: it may be shipped
 */
export function checkBundle({ text, map, imports }: Bundled, { packages, folders }: Allowed): readonly string[] {
  const own = (source: string): boolean => source === "main.ts" || source.startsWith("src/");
  const everything = [text, ...map.sources, ...map.sourcesContent ?? []];
  return [
    ...map.sources.filter((source) => !own(source) && !source.startsWith("npm/"))
      .map((source) => `holds ${source}, which is neither main.ts nor in src`),
    ...packagesIn(map).filter((name) => !packages.has(name))
      .map((name) => `holds the package ${name}, not to be shipped`),
    ...imports.filter((name) => !name.startsWith("node:")).map((name) => `would load ${name} when it runs`),
    ...folders.filter((folder) => everything.some((each) => each !== null && spellsOut(each, folder)))
      .map((folder) => `spells out the folder ${folder}`),
    ...FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, what]) => what),
  ];
}

/** As a path of its own: the path of some URL may end alike. */
function spellsOut(text: string, folder: string): boolean {
  const path = folder.replace(/\/+$/, "");
  if (path === "") return false;
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    const around = [text.charAt(at - 1), text.charAt(at + path.length)];
    if (around.every((character) => !/[\w.-]/.test(character))) return true;
  }
  return false;
}
