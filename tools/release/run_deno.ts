/** A step of a build that did not work; its message is for the one who builds. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/**
 * What a build may know of its surroundings: where things are, and how packages
 * are fetched. Anything else might end up in the program.
 */
const KEPT =
  /^(PATH|HOME|USERPROFILE|LOCALAPPDATA|SystemRoot|TMPDIR|TEMP|TMP|XDG_CACHE_HOME|DENO_DIR|DENORT_BIN|DENO_CERT|DENO_TLS_CA_STORE|DENO_AUTH_TOKENS|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|(HTTP|HTTPS|ALL|NO)_PROXY|NPM_CONFIG_.*)$/i;

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
  const said = decoder.decode(stderr) + decoder.decode(stdout);
  throw new BuildError(`deno ${args[0]} failed:\n${said.trimEnd()}${adviceOn(said)}`);
}

/**
 * Runs a tool, and tells a {@linkcode BuildError} from a fault of its own.
 *
 * @param work gives the text to print
 */
export async function runTool(work: () => Promise<string>): Promise<void> {
  try {
    await Deno.stdout.write(new TextEncoder().encode(await work()));
  } catch (error) {
    const isUsage = error instanceof TypeError && "code" in error;
    if (!(error instanceof BuildError) && !isUsage) throw error;
    await Deno.stderr.write(new TextEncoder().encode(`${error.message}\n`));
    Deno.exit(1);
  }
}

function environment(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject()).filter(([name, value]) =>
    // Empty, it would be taken for a path.
    KEPT.test(name) && !(name === "DENORT_BIN" && value === "")
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
}

function adviceOn(said: string): string {
  return said.includes("denort")
    ? `\nThe runtime could not be fetched. Name one of version ${Deno.version.deno} with DENORT_BIN, or try where ` +
      "dl.deno.land can be reached."
    : "";
}
