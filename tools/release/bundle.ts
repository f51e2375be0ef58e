import { fileURLToPath, pathToFileURL } from "node:url";
import { checkBundle } from "./check_bundle.ts";
import { lockedPackages } from "./locked_packages.ts";
import { type PackageFacts, packageFacts } from "./package_facts.ts";
import { BuildError, runDeno } from "./run_deno.ts";
import { SHIPPED } from "./shipped.ts";
import { packagesIn, portableMap } from "./source_map.ts";

/** Where a bundle goes, from the root. The path is part of the binary, so it is the same for every build. */
export const BUNDLE = "dist/wallet-balance-exporter.js";

/**
 * Minified, the bundler's stand-in for `require` finds no built-in modules in code
 * that still asks for them so; with a real one in place it is not used.
 */
const SHIM = `import{createRequire as r}from"node:module";globalThis.require=r("file:///");\n`;

/** What `src/version.ts` has for the revision. */
const PLACE = "@REVISION@";

/**
 * Puts the program into one file, {@linkcode BUNDLE}, with its source map beside
 * it. The same sources give the same bytes, wherever and whenever.
 *
 * @param root the repository
 * @param revision the commit
 * @returns the packages whose code is in it
 * @throws {BuildError} when it cannot be bundled, or would hold what must not be shipped
 */
export async function bundle(root: URL, revision: string): Promise<readonly PackageFacts[]> {
  const file = new URL(BUNDLE, root);
  const mapFile = new URL(`${BUNDLE}.map`, root);
  await Deno.mkdir(new URL("./", file), { recursive: true });
  await Deno.remove(file).catch(() => {});
  await runDeno(root, ["bundle", "--minify", "--keep-names", "--sourcemap=external", "-o", BUNDLE, "main.ts"]);

  const caches: Caches = JSON.parse(await runDeno(root, ["info", "--json"]));
  // The bundler tells places by where links lead.
  const packageCache = await folderUrl(caches.npmCache);
  const places = { base: await folderUrl(new URL("./", file)), root: await folderUrl(root), packages: packageCache };
  const map = portableMap(JSON.parse(await Deno.readTextFile(mapFile)), places);
  const bundled = await Deno.readTextFile(file);
  if (!bundled.includes(PLACE)) throw new BuildError("The bundle has no place for the revision");
  const text = SHIM + bundled.replace(PLACE, () => revision);
  await Deno.writeTextFile(file, text);
  // The time of the file is part of the binary, too.
  await Deno.utime(file, 0, 0);
  await Deno.writeTextFile(mapFile, JSON.stringify(map));

  const locked = lockedPackages(await Deno.readTextFile(new URL("deno.lock", root)), SHIPPED);
  const folders = [fileURLToPath(root), fileURLToPath(places.root), caches.denoDir, Deno.env.get("HOME") ?? ""];
  const bundledUp = { text, map, imports: await importsOf(root) };
  const problems = checkBundle(bundledUp, { packages: new Set(locked.keys()), folders });
  if (problems.length > 0) throw new BuildError(`The bundle ${problems.join("\nThe bundle ")}`);
  const packages = packagesIn(map).map((id) => locked.get(id)).filter((each) => each !== undefined);
  return await Promise.all(packages.map((each) => packageFacts(packageCache, each)));
}

interface Caches {
  readonly denoDir: string;
  readonly npmCache: string;
}

interface Modules {
  readonly modules: readonly { readonly dependencies?: readonly { readonly specifier: string }[] }[];
}

/** A folder that is there, without links, with a slash at its end. */
async function folderUrl(folder: string | URL): Promise<URL> {
  return new URL(`${pathToFileURL(await Deno.realPath(folder)).href.replace(/\/$/, "")}/`);
}

/** What the bundle still imports. */
async function importsOf(root: URL): Promise<readonly string[]> {
  const { modules }: Modules = JSON.parse(await runDeno(root, ["info", "--json", BUNDLE]));
  return modules.flatMap(({ dependencies = [] }) => dependencies.map(({ specifier }) => specifier));
}
