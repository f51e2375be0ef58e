import { packagesIn, type SourceMap } from "./source_map.ts";

/** What a bundle may contain. */
export interface Allowed {
  /** Packages, each as `name@version`. */
  readonly packages: ReadonlySet<string>;
  /** Folders of the build machine, as plain paths: the bundle must not contain them. */
  readonly folders: readonly string[];
}

export interface Bundled {
  readonly files: readonly BundledFile[];
  /** What the files import. */
  readonly imports: readonly string[];
}

export interface BundledFile {
  readonly name: string;
  readonly text: string;
  /** Made portable. */
  readonly map: SourceMap;
}

/** Code that would load more code at run time, and tests. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bimport\((?!"\.\/[\w.-]+"\))/, "would load a module at run time"],
  [/\bnew Worker\(/, "would start a worker"],
  [/(?<!\bimport)(?<=[\w$])\("(?:\.{0,2}\/|https?:)[^"\n]*\.[cm]?[jt]s"\)/, "would load a file at run time"],
  [/\bDeno\b.{0,20}\btest\b/, "contains a test"],
];

/**
 * Finds what must not be shipped: code from outside `main.ts`, `src` and the allowed packages, tests, modules loaded at
 * run time, paths of the build machine. It guards against mistakes, not against an attacker.
 *
 * @returns one line per problem
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
      .map((source) => `contains ${source}, which is neither main.ts nor in src`),
    ...packagesIn(maps).filter((name) => !packages.has(name))
      .map((name) => `contains the package ${name}, which must not be shipped`),
    ...imports.filter((name) => !name.startsWith("node:") && !known.has(name)).map((name) =>
      `would load ${name} at run time`
    ),
    ...folders.filter((folder) => everything.some((each) => each !== null && spellsOut(each, folder)))
      .map((folder) => `contains the path ${folder}`),
    ...FORBIDDEN.filter(([pattern]) => texts.some((text) => pattern.test(text))).map(([, what]) => what),
  ];
}

/** As a whole path: a URL may end with the same characters. */
function spellsOut(text: string, folder: string): boolean {
  const path = folder.replace(/\/+$/, "");
  if (path === "") return false;
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    const around = [text.charAt(at - 1), text.charAt(at + path.length)];
    if (around.every((character) => !/[\w.-]/.test(character))) return true;
  }
  return false;
}
