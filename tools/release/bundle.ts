import { fileURLToPath, pathToFileURL } from "node:url";
import { type BundledFile, checkBundle } from "./check_bundle.ts";
import { lockedPackages } from "./locked_packages.ts";
import { nameFiles } from "./name_files.ts";
import { type PackageFacts, packageFacts } from "./package_facts.ts";
import { BuildError, runDeno } from "./run_deno.ts";
import { SHIPPED } from "./shipped.ts";
import { packagesIn, type Places, portableMap, type SourceMap } from "./source_map.ts";

/** The first file of the bundle, from the root. The path is part of the binary, so it is the same for every build. */
export const BUNDLE = "dist/bundle/main.js";

/** The source maps of all files of the bundle, from the root. */
export const MAPS = "dist/maps.json";

const FOLDER = "dist/bundle/";
const FIRST = "main.js";

/** The minified bundle replaces `require` by a function that finds no built-in modules, unless there is one already. */
const SHIM = {
  name: "require.js",
  text: `import{createRequire as r}from"node:module";globalThis.require=r("file:///");\n`,
};

/** The placeholder of the revision in `src/version.ts`. */
const PLACE = "@REVISION@";

/**
 * Bundles the program into a few files, with rarely used code in files of its own and the source maps in
 * {@linkcode MAPS}. Reproducible: the same sources give the same bytes.
 *
 * @returns the packages whose code is in the bundle
 * @throws {BuildError} when bundling fails, or the bundle contains what must not be shipped
 */
export async function bundle(root: URL, revision: string): Promise<readonly PackageFacts[]> {
  const folder = new URL(FOLDER, root);
  await Deno.mkdir(new URL("dist/", root), { recursive: true });
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await runDeno(root, [...BUNDLER, "--outdir", FOLDER, "main.ts"]);

  const caches: Caches = JSON.parse(await runDeno(root, ["info", "--json"]));
  // The bundler resolves symbolic links.
  const packageCache = await folderUrl(caches.npmCache);
  const places = { base: await folderUrl(folder), root: await folderUrl(root), packages: packageCache };
  const files = await finish(folder, revision, places);
  await write(folder, files);
  await Deno.writeTextFile(new URL(MAPS, root), `${JSON.stringify(mapsOf(files), null, 1)}\n`);

  const locked = lockedPackages(await Deno.readTextFile(new URL("deno.lock", root)), SHIPPED);
  const folders = [fileURLToPath(root), fileURLToPath(places.root), caches.denoDir, Deno.env.get("HOME") ?? ""];
  const imports = await importsOf(root);
  const problems = checkBundle({ files, imports }, { packages: new Set(locked.keys()), folders });
  if (problems.length > 0) throw new BuildError(`The bundle ${problems.join("\nThe bundle ")}`);
  const packages = packagesIn(files.map(({ map }) => map)).flatMap((id) => locked.get(id) ?? []);
  return await Promise.all(packages.map((each) => packageFacts(packageCache, each)));
}

const BUNDLER = ["bundle", "--minify", "--keep-names", "--code-splitting", "--sourcemap=external"] as const;

/** Gives the bundler's files stable names, the revision and the shim. */
async function finish(folder: URL, revision: string, places: Places): Promise<readonly BundledFile[]> {
  const bundled: BundledFile[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(new URL(name, folder));
    const map: SourceMap = JSON.parse(await Deno.readTextFile(new URL(`${name}.map`, folder)));
    bundled.push({ name, text, map: portableMap(map, places) });
  }
  if (!bundled.some(({ text }) => text.includes(PLACE))) {
    throw new BuildError("The bundle has no placeholder for the revision");
  }
  const files = nameFiles(bundled, FIRST).map(({ name, text, map }) => {
    const isFirst = name === FIRST;
    return {
      name,
      text: (isFirst ? `import"./${SHIM.name}";\n` : "") + text.replace(PLACE, () => revision),
      map: isFirst ? { ...map, mappings: `;${map.mappings}` } : map,
    };
  });
  return [...files, { ...SHIM, map: { version: 3, sources: [], mappings: "", names: [] } }];
}

async function write(folder: URL, files: readonly BundledFile[]): Promise<void> {
  await Deno.remove(folder, { recursive: true });
  await Deno.mkdir(folder);
  for (const { name, text } of files) {
    const file = new URL(name, folder);
    await Deno.writeTextFile(file, text);
    // File times are part of the binary.
    await Deno.utime(file, 0, 0);
  }
}

function mapsOf(files: readonly BundledFile[]): Readonly<Record<string, SourceMap>> {
  return Object.fromEntries(files.map(({ name, map }) => [name, map]));
}

interface Caches {
  readonly denoDir: string;
  readonly npmCache: string;
}

interface Modules {
  readonly modules: readonly { readonly dependencies?: readonly { readonly specifier: string }[] }[];
}

/** An existing folder, without symbolic links, with a slash at its end. */
async function folderUrl(folder: string | URL): Promise<URL> {
  return new URL(`${pathToFileURL(await Deno.realPath(folder)).href.replace(/\/$/, "")}/`);
}

/** What the bundle still imports. */
async function importsOf(root: URL): Promise<readonly string[]> {
  const { modules }: Modules = JSON.parse(await runDeno(root, ["info", "--json", BUNDLE]));
  return modules.flatMap(({ dependencies = [] }) => dependencies.map(({ specifier }) => specifier));
}
