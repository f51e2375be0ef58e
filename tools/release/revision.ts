import { BuildError } from "./run_deno.ts";

/** It becomes part of the program's code, and of a label. */
const REVISION = /^[\w.-]{1,80}$/;

/**
 * The commit that a build is of: `REVISION` where a build has no repository, else
 * what git says, with `-dirty` for a tree with changes.
 *
 * @param root the repository
 * @throws {BuildError} when `REVISION` is none
 */
export async function revisionOf(root: URL): Promise<string> {
  const given = Deno.env.get("REVISION") ?? "";
  if (given !== "") {
    if (!REVISION.test(given)) throw new BuildError("REVISION is letters, digits, dots and dashes, up to 80 of them");
    return given;
  }
  // In a folder of another repository, that one's commit would not be ours.
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
