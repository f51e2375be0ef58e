/**
 * The commit that a build is of: `REVISION` where a build has no repository, else
 * what git says, with `-dirty` for a tree with changes.
 *
 * @param root the repository
 */
export async function revisionOf(root: URL): Promise<string> {
  const given = Deno.env.get("REVISION") ?? "";
  if (given !== "") return given;
  const commit = await git(root, ["rev-parse", "HEAD"]);
  if (commit === undefined) return "unknown";
  return await git(root, ["status", "--porcelain"]) === "" ? commit : `${commit}-dirty`;
}

async function git(root: URL, args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args: [...args], cwd: root, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}
