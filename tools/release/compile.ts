import { parseArgs } from "node:util";
import { BUNDLE, bundle } from "./bundle.ts";
import { notice } from "./notice.ts";
import { revisionOf } from "./revision.ts";
import { BuildError, runDeno } from "./run_deno.ts";
import { sbom } from "./sbom.ts";

/**
 * How a program becomes a binary. Permissions and V8's flags are baked in and
 * cannot be changed when it runs, so this is security code: nobody is asked for a
 * permission, and no cache of code is written to a temporary folder.
 */
const FLAGS = ["-P", "--no-prompt", "--no-check", "--no-code-cache", "--v8-flags=--max-heap-size=128"] as const;

/** What of `deno.json` goes into the binary: how it may run, and nothing of how it is built. */
const CONFIG = "dist/deno.json";

/**
 * Makes the binary, and beside it a bill of materials and the licences of its parts.
 *
 * @param root the repository
 * @param target a platform of Deno, such as `aarch64-unknown-linux-gnu`; none for this machine's
 * @param output where it goes, from the root; `dist/wallet-balance-exporter`, with a target `dist/TARGET/wallet-balance-exporter`
 * @returns the output
 * @throws {BuildError} when a step fails, or what was made does not run
 */
export async function compile(root: URL, target?: string, output = outputOf(target)): Promise<string> {
  const revision = await revisionOf(root);
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const built = { version, revision, deno: Deno.version.deno, packages: await bundle(root, revision) };
  await Deno.writeTextFile(new URL("dist/sbom.cdx.json", root), sbom(built));
  await Deno.writeTextFile(new URL("dist/NOTICE", root), notice(built));
  await Deno.remove(new URL(output, root)).catch(() => {});
  await pack(root, BUNDLE, output, target);
  if (target === undefined || target === Deno.build.target) await tryOut(root, output, revision);
  return output;
}

function outputOf(target: string | undefined): string {
  return `dist/${target === undefined ? "" : `${target}/`}wallet-balance-exporter`;
}

/**
 * Puts one file and the runtime together.
 *
 * @param root the repository
 * @param entry the file, which imports nothing but built-in modules; from the root
 * @param output the binary, from the root
 * @param target as for {@linkcode compile}
 */
export async function pack(root: URL, entry: string, output: string, target?: string): Promise<void> {
  const { unstable, permissions } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  await Deno.mkdir(new URL("dist/", root), { recursive: true });
  await Deno.writeTextFile(
    new URL(CONFIG, root),
    JSON.stringify({ unstable, permissions: { default: permissions.default } }),
  );
  const platform = target === undefined ? [] : ["--target", target];
  await runDeno(root, ["compile", `--config=${CONFIG}`, ...FLAGS, ...platform, "-o", output, entry]);
}

/** A runtime of another version than the compiler's goes unnoticed until the program is started. */
async function tryOut(root: URL, output: string, revision: string): Promise<void> {
  const command = new Deno.Command(new URL(output, root), { args: ["version"], stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(stdout);
  if (success && said.includes(revision) && said.includes(Deno.version.deno)) return;
  const advice = "Is the runtime of DENORT_BIN of the same version as this Deno?";
  throw new BuildError(`The binary does not run: ${said}${new TextDecoder().decode(stderr)}\n${advice}`);
}

/** As container engines name them. */
export const ARCHITECTURES: Readonly<Record<string, string>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

if (import.meta.main) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: Deno.args, options: { target: text, output: text } });
  const target = ARCHITECTURES[values.target ?? ""] ?? values.target;
  const root = new URL("../../", import.meta.url);
  try {
    const output = await compile(root, target, values.output);
    const { size } = await Deno.stat(new URL(output, root));
    await Deno.stdout.write(new TextEncoder().encode(`${output}: ${(size / 2 ** 20).toFixed(1)} MiB\n`));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    await Deno.stderr.write(new TextEncoder().encode(`${error.message}\n`));
    Deno.exit(1);
  }
}
