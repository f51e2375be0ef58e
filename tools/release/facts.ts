import { revisionOf } from "./revision.ts";
import { BuildError, runTool } from "./run_deno.ts";

/** What the release workflow builds with. */
export interface Facts {
  readonly version: string;
  readonly revision: string;
  /** The time of the commit: reproducible. */
  readonly created: string;
  readonly base_image: string;
  readonly base_digest: string;
}

/**
 * Collects the inputs of a release.
 *
 * @param tag must be `v` and the version of `deno.json`
 * @param docker the program that queries the registry
 * @throws {BuildError} for another tag, a development version, or a failed tool
 */
export async function releaseFacts(root: URL, tag: string, docker = "docker"): Promise<Facts> {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  if (tag !== `v${version}`) throw new BuildError(`The tag is ${tag}, but the version of deno.json is ${version}`);
  if (/-dev\b/.test(version)) throw new BuildError(`${version} is a development version`);
  const dockerfile = await Deno.readTextFile(new URL("Dockerfile", root));
  const [, base = ""] = /^ARG BASE_IMAGE=(\S+)$/m.exec(dockerfile) ?? [];
  // Without "json", buildx prints its own table for a template that begins like this one.
  const format = "{{json .Manifest.Digest}}";
  const answer = await ask(root, docker, ["buildx", "imagetools", "inspect", base, "--format", format]);
  const digest = answer.replaceAll('"', "");
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new BuildError(`${base} has no digest: ${digest}`);
  const created = await ask(root, "git", ["log", "-1", "--format=%cI"]);
  const revision = await revisionOf(root);
  if (revision.endsWith("-dirty")) throw new BuildError("There are uncommitted changes");
  return { version, revision, created, base_image: base, base_digest: digest };
}

async function ask(root: URL, program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd: root }).output();
  if (!success) throw new BuildError(`${program} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

if (import.meta.main) {
  await runTool(async () => {
    const facts = await releaseFacts(new URL("../../", import.meta.url), Deno.args[0] ?? "");
    const lines = Object.entries(facts).map(([name, value]) => `${name}=${value}\n`).join("");
    const output = Deno.env.get("GITHUB_OUTPUT");
    if (output !== undefined) await Deno.writeTextFile(output, lines, { append: true });
    return lines;
  });
}
