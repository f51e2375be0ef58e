import { BuildError } from "./run_deno.ts";

/** It becomes part of the program's code and of a label. */
const REVISION = /^[\w.-]{1,80}$/;

/**
 * The commit of a build: the variable `REVISION` for a build without a repository, else git's, with `-dirty` for
 * uncommitted changes.
 *
 * @throws {BuildError} when `REVISION` is invalid
 */
export async function revisionOf(root: URL): Promise<string> {
  const given = Deno.env.get("REVISION") ?? "";
  if (given !== "") {
    if (!REVISION.test(given)) {
      throw new BuildError("Invalid REVISION: expected up to 80 letters, digits, dots, dashes and underscores");
    }
    return given;
  }
  // In a folder of another repository git reports that one's commit.
  if (await git(root, ["rev-parse", "--show-prefix"]) !== "") return "unknown";
  const commit = await git(root, ["rev-parse", "HEAD"]);
  if (commit === undefined) return "unknown";
  return await git(root, ["status", "--porcelain", "--untracked-files=normal"]) === "" ? commit : `${commit}-dirty`;
}

async function git(root: URL, args: readonly string[]): Promise<string | undefined> {
  const env = Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("GIT_")));
  try {
    const command = new Deno.Command("git", { args: [...args], cwd: root, clearEnv: true, env, stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}
