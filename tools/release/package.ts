import { fileURLToPath } from "node:url";
import { archiveName, fillArchive, run } from "./archive.ts";
import { MAPS } from "./bundle.ts";
import { ARCHITECTURES, compile } from "./compile.ts";
import { BuildError, runTool } from "./run_deno.ts";

/** Reproducible: owners, times and order do not depend on the machine. */
const TAR = [
  "--sort=name",
  "--mtime=@0",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  "--mode=a+rX,u+w,go-w",
  "--use-compress-program=gzip -n",
];

/**
 * Makes the archives of a release in `dist/release`, one per architecture, with source maps, SBOM and checksums.
 * Reproducible: the same sources give the same bytes.
 *
 * @param architectures `amd64` or `arm64`
 * @returns the names of the files
 * @throws {BuildError} when a step fails
 */
export async function makePackages(root: URL, architectures: readonly string[]): Promise<readonly string[]> {
  if (architectures.length === 0) throw new BuildError("Name the architectures: package amd64 arm64");
  const targets = architectures.map(targetOf);
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const folder = new URL("dist/release/", root);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const [index, architecture] of architectures.entries()) {
    const name = archiveName(version, architecture);
    const binary = await compile(root, targets[index]);
    const content = new URL(`${name}/`, folder);
    await fillArchive(root, binary, content);
    await run("tar", [
      ...TAR,
      "-C",
      fileURLToPath(folder),
      "-cf",
      fileURLToPath(new URL(`${name}.tar.gz`, folder)),
      name,
    ]);
    await Deno.remove(content, { recursive: true });
    files.push(`${name}.tar.gz`);
  }
  const maps = `wallet-balance-exporter-${version}.maps.json`;
  await Deno.copyFile(new URL(MAPS, root), new URL(maps, folder));
  const bill = `wallet-balance-exporter-${version}.cdx.json`;
  await Deno.copyFile(new URL("dist/sbom.cdx.json", root), new URL(bill, folder));
  files.push(maps, bill);
  const sums = await Promise.all(files.map(async (name) => `${await sumOf(new URL(name, folder))}  ${name}\n`));
  await Deno.writeTextFile(new URL("SHA256SUMS", folder), sums.join(""));
  return [...files, "SHA256SUMS"];
}

function targetOf(architecture: string): string {
  const target = ARCHITECTURES[architecture];
  if (target === undefined) {
    throw new BuildError(`Unknown architecture ${architecture}: use ${Object.keys(ARCHITECTURES).join(" or ")}`);
  }
  return target;
}

async function sumOf(file: URL): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(file))).toHex();
}

if (import.meta.main) {
  await runTool(async () => {
    const files = await makePackages(new URL("../../", import.meta.url), Deno.args);
    return files.map((name) => `dist/release/${name}\n`).join("");
  });
}
