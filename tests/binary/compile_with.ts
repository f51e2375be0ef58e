import { ROOT } from "../program/exporter_command.ts";

/**
 * The Deno that makes binaries, from `COMPILE_DENO`. Its version must be that of
 * the runtime that `DENORT_BIN` names; without them this Deno, which fetches one.
 */
export const COMPILER = Deno.env.get("COMPILE_DENO") || Deno.execPath();

interface Options {
  readonly root?: URL;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a script of the repository with the Deno that makes binaries.
 *
 * @param args script and arguments
 * @param options the working folder, and variables besides this program's own
 * @returns what it printed
 */
export async function compileWith(args: readonly string[], options: Options = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(COMPILER, {
    args: ["run", "-A", "--quiet", ...args],
    cwd: options.root ?? ROOT,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${args.join(" ")} failed:\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
