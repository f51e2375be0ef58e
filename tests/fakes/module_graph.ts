/** Files, by their path from the repository's root, and what each imports: files, `npm:` packages, `node:` modules. */
export type Graph = ReadonlyMap<string, readonly string[]>;

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

/**
 * Reads the graph of a program's modules from `deno info`, types and dynamic imports included.
 *
 * @param root the repository
 * @param entry the program, from the root
 */
export async function moduleGraph(root: URL, entry: string): Promise<Graph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  const { modules }: { readonly modules: readonly Module[] } = JSON.parse(new TextDecoder().decode(stdout));
  const own = modules.filter(({ specifier }) => specifier.startsWith(root.href));
  return new Map(own.map(({ specifier, dependencies = [] }) => [
    shorten(specifier, root),
    [...new Set(dependencies.flatMap(targetsOf))].map((target) => shorten(target, root)),
  ]));
}

function targetsOf({ code, type }: Dependency): readonly string[] {
  return [code?.specifier, type?.specifier].filter((specifier) => specifier !== undefined);
}

function shorten(specifier: string, root: URL): string {
  if (specifier.startsWith(root.href)) return specifier.slice(root.href.length);
  // "npm:/viem@2.57.0/utils" and "npm:viem@2.57.0/utils" are both "npm:viem".
  return specifier.replace(/^npm:\/?(@[^/]+\/[^@/]+|[^@/]+).*$/, "npm:$1");
}
