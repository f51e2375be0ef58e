/** How a program that is not ours ended. */
export interface ToolResult {
  readonly code: number;
  /** Standard output and error, one after the other. */
  readonly output: string;
}

/**
 * Runs a program that is not ours on a text.
 *
 * @param command the program and its arguments
 * @param input what it reads from its standard input
 * @returns `undefined` when there is no such program
 */
export async function runOutside(command: readonly string[], input: string): Promise<ToolResult | undefined> {
  const [program = "", ...args] = command;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const writing = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await writing;
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/**
 * Prints that a check is skipped. Where everything must be checked, with the
 * variable `CI_REQUIRE_TOOLS`, that is an error.
 *
 * @param check what is skipped
 * @param why what is missing
 */
export function skipCheck(check: string, why: string): void {
  const text = `Skipped: ${check}, because ${why}`;
  if ((Deno.env.get("CI_REQUIRE_TOOLS") ?? "") !== "") throw new Error(text);
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
