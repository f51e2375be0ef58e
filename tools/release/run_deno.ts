/** A failed step of a build; the message is shown without a stack. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** Variables that a build may read: paths, and how packages are fetched. Others could end up in the program. */
const KEPT =
  /^(PATH|HOME|USERPROFILE|LOCALAPPDATA|SystemRoot|TMPDIR|TEMP|TMP|XDG_CACHE_HOME|DENO_DIR|DENORT_BIN|DENO_CERT|DENO_TLS_CA_STORE|DENO_AUTH_TOKENS|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|(HTTP|HTTPS|ALL|NO)_PROXY|NPM_CONFIG_.*)$/i;

/**
 * Runs this Deno.
 *
 * @param root the working folder
 * @returns its standard output
 * @throws {BuildError} with its output, when it fails
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

/** Runs a tool and prints its result; a {@linkcode BuildError} and a usage error are printed without a stack. */
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
    // Deno would use an empty one as a path.
    KEPT.test(name) && !(name === "DENORT_BIN" && value === "")
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
}

function adviceOn(said: string): string {
  return said.includes("denort")
    ? `\nThe runtime could not be downloaded from dl.deno.land. Set DENORT_BIN to one of version ${Deno.version.deno}.`
    : "";
}
