import { parseArgs } from "node:util";
import { BUNDLE, bundle } from "./bundle.ts";
import { closeVariables } from "./close_variables.ts";
import { notice } from "./notice.ts";
import { revisionOf } from "./revision.ts";
import { BuildError, runDeno, runTool } from "./run_deno.ts";
import { type Built, sbom } from "./sbom.ts";

/**
 * - heap of 320 MiB: a reload of 100,000 wallets fits, and 50,000 stay within 512 MiB in all
 * - semi-space of 2 MiB: 14 MiB less for 10,000 wallets, and polls take no longer
 * - growing by 60 %: no collection at every poll, a third of the CPU (by 100 %, 50,000 wallets exceed 512 MiB at a reload)
 * - no memory reducer: no second collection in idle time after each poll
 * - no flushing of bytecode: recompiling the code of a poll took a tenth of the CPU
 */
const ENGINE = [
  "--max-heap-size=320",
  "--max-semi-space-size=2",
  "--heap-growing-percent=60",
  "--no-memory-reducer",
  "--no-flush-bytecode",
  "--expose-gc",
] as const;

/**
 * Security: permissions and V8's flags are compiled in and cannot be changed at run time. There is no prompt for a
 * permission, and no code cache in a temporary folder.
 */
const FLAGS = ["-P", "--no-prompt", "--no-check", "--no-code-cache", `--v8-flags=${ENGINE.join()}`] as const;

/** The part of `deno.json` that goes into the binary: permissions, without build settings. */
const CONFIG = "dist/deno.json";

/**
 * Compiles the binary, with an SBOM and the licences of its parts beside it.
 *
 * @param target a platform of Deno, such as `aarch64-unknown-linux-gnu`; default: this machine's
 * @param output from the root; default `dist/wallet-balance-exporter`, with a target `dist/TARGET/wallet-balance-exporter`
 * @returns the output
 * @throws {BuildError} when a step fails, or the binary does not run
 */
export async function compile(root: URL, target?: string, output = outputOf(target)): Promise<string> {
  const binary = new URL(output, root);
  const remove = (): Promise<void> => Deno.remove(binary).catch(() => {});
  // A failed build must leave no binary.
  await remove();
  try {
    const revision = await revisionOf(root);
    const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
    const built = { version, revision, deno: Deno.version.deno, packages: await bundle(root, revision) };
    await Deno.writeTextFile(new URL("dist/sbom.cdx.json", root), sbom(built));
    await Deno.writeTextFile(new URL("dist/NOTICE", root), notice(built));
    await pack(root, BUNDLE, output, target);
    await checkMachine(binary, target);
    if (target === undefined || target === Deno.build.target) await tryOut(binary, built);
    return output;
  } catch (error) {
    await remove();
    throw error;
  }
}

function outputOf(target: string | undefined): string {
  return `dist/${target === undefined ? "" : `${target}/`}wallet-balance-exporter`;
}

/**
 * Combines the code with the runtime.
 *
 * @param entry from the root; it imports only files beside it and built-in modules
 * @param output from the root
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
  await closeVariables(new URL(output, root));
}

/** Byte 18 of an ELF file, by the first part of the target. */
const MACHINES: Readonly<Record<string, number>> = { x86_64: 0x3e, aarch64: 0xb7 };

/** `deno compile` uses `DENORT_BIN` for any target. */
async function checkMachine(binary: URL, target: string = Deno.build.target): Promise<void> {
  if (!target.endsWith("-linux-gnu")) return;
  const expected = MACHINES[target.split("-")[0] ?? ""];
  using file = await Deno.open(binary);
  const head = new Uint8Array(20);
  await file.read(head);
  if (head[18] === expected) return;
  throw new BuildError(
    `The binary is not for ${target}: use a runtime of that target as DENORT_BIN`,
  );
}

/** A runtime of another version than the compiler is noticed only at start. */
async function tryOut(binary: URL, { version, revision, deno }: Built): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(binary, { args: ["version"], stdin: "null" }).output();
  const said = new TextDecoder().decode(stdout);
  if (!success) {
    const why = new TextDecoder().decode(stderr).trimEnd();
    throw new BuildError(
      `The binary does not run: ${why}\nDENORT_BIN, if set, must be of the version of this Deno, ${deno}`,
    );
  }
  const missing = [`exporter ${version} `, revision, `Deno ${deno},`].filter((part) => !said.includes(part));
  if (missing.length === 0) return;
  throw new BuildError(`The binary reports ${said.trim()}, without ${missing.join(" and ")}. Run "deno task gen"`);
}

/** By the names that container engines use. */
export const ARCHITECTURES: Readonly<Record<string, string>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

if (import.meta.main) {
  await runTool(async () => {
    const text = { type: "string" } as const;
    const { values } = parseArgs({ args: Deno.args, options: { target: text, output: text } });
    const root = new URL("../../", import.meta.url);
    const output = await compile(root, ARCHITECTURES[values.target ?? ""] ?? values.target, values.output);
    const { size } = await Deno.stat(new URL(output, root));
    return `${output}: ${(size / 2 ** 20).toFixed(1)} MiB\n`;
  });
}
