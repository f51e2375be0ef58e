/** A source map, as far as it matters here. */
export interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
  readonly mappings: string;
  readonly names: readonly string[];
}

/** Where things lie on the machine that builds. */
export interface Places {
  /** The folder of the map, which its sources are relative to. */
  readonly base: URL;
  /** The repository. */
  readonly root: URL;
  /** Deno's cache of packages. */
  readonly packages: URL;
}

/**
 * Makes a map that does not depend on where it was built: files by their path from
 * the root, packages as `npm/name@version/path`.
 *
 * @param map as the bundler wrote it
 * @param places see {@linkcode Places}
 * @returns the map; a source that is neither stays as it was
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

/** The packages whose code is in maps, each as `name@version`, in order. */
export function packagesIn(maps: readonly SourceMap[]): readonly string[] {
  const found = maps.flatMap(({ sources }) => sources).flatMap((source) =>
    /^npm\/((?:@[^/]+\/)?[^/]+@[^/]+)\//.exec(source)?.[1] ?? []
  );
  return [...new Set(found)].toSorted();
}
