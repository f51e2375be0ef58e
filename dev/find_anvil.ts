import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const VERSION = "1.7.1";

/** A command that starts anvil: the program and its leading arguments. */
export interface AnvilCommand {
  readonly bin: string;
  readonly args: readonly string[];
}

/** The environment of {@linkcode findAnvil}; tests use a fake one. */
export interface Machine {
  readonly os: string;
  readonly arch: string;
  readonly env: (name: string) => string | undefined;
  /** Returns whether a path is a file that this user may execute. */
  readonly isProgram: (path: string) => Promise<boolean>;
  /** Returns the path of a file in an npm package; throws if the package is missing. */
  readonly resolve: (specifier: string) => string;
  /** Runs a program and returns its standard output; throws if it fails. */
  readonly output: (bin: string, args: readonly string[]) => Promise<string>;
}

/**
 * Finds anvil, the local Ethereum node: `ANVIL_BIN`, then `PATH`, then the locked npm package (Linux x64), then npx.
 *
 * @throws {Error} with installation instructions if it is not found
 */
export async function findAnvil(machine: Machine = thisMachine): Promise<AnvilCommand> {
  const named = machine.env("ANVIL_BIN");
  if (named) {
    if (await machine.isProgram(named)) return { bin: named, args: [] };
    throw new Error(`Cannot start anvil: ANVIL_BIN is "${named}", which is not an executable file`);
  }
  const bin = await onPath("anvil", machine) ?? await inPackage(machine) ??
    await fromNpx(machine);
  if (bin !== undefined) return { bin, args: [] };
  throw new Error(
    "Cannot find anvil, the local Ethereum node: install Foundry from https://getfoundry.sh, " +
      "or set ANVIL_BIN to the anvil program",
  );
}

async function onPath(
  name: string,
  machine: Machine,
): Promise<string | undefined> {
  const windows = machine.os === "windows";
  const folders = (machine.env("PATH") ?? "").split(windows ? ";" : ":");
  for (const folder of folders.filter((folder) => folder !== "")) {
    const path = join(folder, windows ? `${name}.exe` : name);
    if (await machine.isProgram(path)) return path;
  }
  return undefined;
}

async function inPackage(machine: Machine): Promise<string | undefined> {
  if (machine.os !== "linux" || machine.arch !== "x86_64") return undefined;
  try {
    const manifest = machine.resolve(
      "@foundry-rs/anvil-linux-amd64/package.json",
    );
    const path = join(dirname(manifest), "bin", "anvil");
    return await machine.isProgram(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** npx only downloads anvil: started by npx it would outlive it, since npx does not forward signals. */
async function fromNpx(machine: Machine): Promise<string | undefined> {
  if (machine.os === "windows" || await onPath("npx", machine) === undefined) {
    return undefined;
  }
  const arch = machine.arch === "x86_64" ? "amd64" : "arm64";
  const name = `@foundry-rs/anvil-${machine.os}-${arch}@${VERSION}`;
  try {
    const path = (await machine.output("npx", [
      "-y",
      "-p",
      name,
      "-c",
      "command -v anvil",
    ])).trim();
    return await machine.isProgram(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && (mode === null || (mode & 0o111) !== 0);
  } catch {
    return false;
  }
}

async function output(bin: string, args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(bin, {
    args: [...args],
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`"${bin}" failed`);
  return new TextDecoder().decode(stdout);
}

const thisMachine: Machine = {
  os: Deno.build.os,
  arch: Deno.build.arch,
  env: (name) => Deno.env.get(name),
  isProgram,
  resolve: createRequire(import.meta.url).resolve,
  output,
};
