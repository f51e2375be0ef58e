/** A step of a build that did not work; its message is for the one who builds. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/**
 * Runs the Deno that runs this, and shows what it says only when it fails.
 *
 * @param root the working folder
 * @param args for `deno`
 * @returns what it printed to standard output
 * @throws {BuildError} when it fails
 */
export async function runDeno(root: URL, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    clearEnv: true,
    env: environment(),
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new BuildError(`deno ${args[0]} failed:\n${decoder.decode(stderr)}${decoder.decode(stdout)}`);
}

/** Without what would be baked into the program, and without a variable that is there and says nothing. */
function environment(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject()).filter(([name, value]) =>
    !name.startsWith("OTEL_") && !(name === "DENORT_BIN" && value === "")
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
}
