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
  readonly files: readonly BundledFile[];
  /** What the files import. */
  readonly imports: readonly string[];
}

/** A file of a bundle. */
export interface BundledFile {
  readonly name: string;
  readonly text: string;
  /** Made portable. */
  readonly map: SourceMap;
}

/** What would load code when the program runs, or test it; all of ours is in the bundle. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bimport\((?!"\.\/[\w.-]+"\))/, "would load a module when it runs"],
  [/\bnew Worker\(/, "would start a worker"],
  [/(?<!\bimport)(?<=[\w$])\("(?:\.{0,2}\/|https?:)[^"\n]*\.[cm]?[jt]s"\)/, "would load a file when it runs"],
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
export function checkBundle({ files, imports }: Bundled, { packages, folders }: Allowed): readonly string[] {
  const own = (source: string): boolean => source === "main.ts" || source.startsWith("src/");
  const maps = files.map(({ map }) => map);
  const sources = maps.flatMap(({ sources }) => sources);
  const texts = files.map(({ text }) => text);
  const everything = [...texts, ...sources, ...maps.flatMap(({ sourcesContent = [] }) => sourcesContent)];
  const known = new Set(files.map(({ name }) => `./${name}`));
  return [
    ...sources.filter((source) => !own(source) && !source.startsWith("npm/"))
      .map((source) => `holds ${source}, which is neither main.ts nor in src`),
    ...packagesIn(maps).filter((name) => !packages.has(name))
      .map((name) => `holds the package ${name}, not to be shipped`),
    ...imports.filter((name) => !name.startsWith("node:") && !known.has(name)).map((name) =>
      `would load ${name} when it runs`
    ),
    ...folders.filter((folder) => everything.some((each) => each !== null && spellsOut(each, folder)))
      .map((folder) => `spells out the folder ${folder}`),
    ...FORBIDDEN.filter(([pattern]) => texts.some((text) => pattern.test(text))).map(([, what]) => what),
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
