import { parseArgs } from "node:util";
import { BUNDLE, bundle } from "./bundle.ts";
import { closeVariables } from "./close_variables.ts";
import { notice } from "./notice.ts";
import { revisionOf } from "./revision.ts";
import { BuildError, runDeno, runTool } from "./run_deno.ts";
import { type Built, sbom } from "./sbom.ts";

/**
 * A heap of 320 MiB at most: a change of 100,000 wallets fits, and 50,000 stay within
 * 512 MiB in all. Small fleets take no more than with a smaller one. With little room
 * for what is new, 10,000 wallets take 14 MiB less, and cycles no longer. A heap that may
 * grow by more than half before it is collected is not collected at every poll, a third of
 * the CPU (one that may double takes 50,000 wallets past 512 MiB when they change), and one
 * that is not made smaller in idle time is not collected twice after each. The code of a
 * poll is kept although it runs once in some seconds: compiling it anew took a tenth of the CPU.
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
 * How a program becomes a binary. Permissions and V8's flags are baked in and
 * cannot be changed when it runs, so this is security code: nobody is asked for a
 * permission, and no cache of code is written to a temporary folder.
 */
const FLAGS = ["-P", "--no-prompt", "--no-check", "--no-code-cache", `--v8-flags=${ENGINE.join()}`] as const;

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
  const binary = new URL(output, root);
  const remove = (): Promise<void> => Deno.remove(binary).catch(() => {});
  // What is left of a build that failed must not pass for its binary.
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
 * Puts code and the runtime together.
 *
 * @param root the repository
 * @param entry the first file, which imports files beside it and built-in modules only; from the root
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
  await closeVariables(new URL(output, root));
}

/** What stands at byte 18 of a program for Linux, by the first part of its target. */
const MACHINES: Readonly<Record<string, number>> = { x86_64: 0x3e, aarch64: 0xb7 };

/** `DENORT_BIN` is taken whatever it is made for. */
async function checkMachine(binary: URL, target: string = Deno.build.target): Promise<void> {
  if (!target.endsWith("-linux-gnu")) return;
  const expected = MACHINES[target.split("-")[0] ?? ""];
  using file = await Deno.open(binary);
  const head = new Uint8Array(20);
  await file.read(head);
  if (head[18] === expected) return;
  throw new BuildError(
    `The binary is for another processor than ${target}'s. Is the runtime of DENORT_BIN made for it?`,
  );
}

/** A runtime of another version than the compiler's goes unnoticed until the program is started. */
async function tryOut(binary: URL, { version, revision, deno }: Built): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(binary, { args: ["version"], stdin: "null" }).output();
  const said = new TextDecoder().decode(stdout);
  if (!success) {
    const why = new TextDecoder().decode(stderr).trimEnd();
    throw new BuildError(
      `The binary does not run: ${why}\nIf DENORT_BIN is set, is its runtime of the version of this Deno, ${deno}?`,
    );
  }
  const missing = [`exporter ${version} `, revision, `Deno ${deno},`].filter((part) => !said.includes(part));
  if (missing.length === 0) return;
  throw new BuildError(`The binary says ${said.trim()}, which lacks ${missing.join(" and ")}. Is "deno task gen" due?`);
}

/** As container engines name them. */
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
