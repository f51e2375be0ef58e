/** The used part of a source map. */
export interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
  readonly mappings: string;
  readonly names: readonly string[];
}

/** Folders of the build machine. */
export interface Places {
  /** The folder of the map: its sources are relative to it. */
  readonly base: URL;
  readonly root: URL;
  /** Deno's cache of packages. */
  readonly packages: URL;
}

/**
 * Makes a map independent of the build machine: files by their path from the root, packages as
 * `npm/name@version/path`. Other sources are unchanged.
 */
export function portableMap(map: SourceMap, places: Places): SourceMap {
  const { version, sourcesContent, mappings, names } = map;
  const sources = map.sources.map((source) => nameOf(source, places));
  return { version, sources, ...(sourcesContent && { sourcesContent }), mappings, names };
}

function nameOf(source: string, { base, root, packages }: Places): string {
  const { href } = new URL(source, base);
  if (href.startsWith(packages.href)) {
    const match = /^[^/]+\/((?:@[^/]+\/)?[^/]+)\/([^/]+)\/(.+)$/.exec(href.slice(packages.href.length));
    if (match !== null) return `npm/${match[1]}@${match[2]}/${match[3]}`;
  }
  return href.startsWith(root.href) ? href.slice(root.href.length) : source;
}

/** The packages whose code is in maps, each as `name@version`, sorted. */
export function packagesIn(maps: readonly SourceMap[]): readonly string[] {
  const found = maps.flatMap(({ sources }) => sources).flatMap((source) =>
    /^npm\/((?:@[^/]+\/)?[^/]+@[^/]+)\//.exec(source)?.[1] ?? []
  );
  return [...new Set(found)].toSorted();
}
