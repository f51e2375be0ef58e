import { parseArgs } from "node:util";
import { BuildError, runTool } from "./run_deno.ts";

export interface Published {
  /** Without tag. */
  readonly name: string;
  readonly digest: string;
}

export interface PublishOptions {
  /** The program. @default {"helm"} */
  readonly helm?: string;
  /** Use plain HTTP, for a registry of a test. @default {false} */
  readonly plain?: boolean;
}

/**
 * Packages the chart and pushes it to a registry.
 *
 * @param registry such as `oci://ghcr.io/agglayer/charts`
 * @throws {BuildError} when Helm fails, or reports no digest
 */
export async function publishChart(root: URL, registry: string, options: PublishOptions = {}): Promise<Published> {
  const { helm = "helm", plain = false } = options;
  const folder = await Deno.makeTempDir();
  try {
    const packed = await run(root, helm, ["package", "chart", "--destination", folder]);
    const [, archive] = /saved it to: (\S+\.tgz)/.exec(packed) ?? [];
    if (archive === undefined) throw new BuildError(`Helm reports no archive: ${packed}`);
    const pushed = await run(root, helm, ["push", archive, registry, ...plain ? ["--plain-http"] : []]);
    const [, digest] = /^Digest: (sha256:[0-9a-f]{64})$/m.exec(pushed) ?? [];
    if (digest === undefined) throw new BuildError(`Helm reports no digest: ${pushed}`);
    return { name: `${registry.replace(/^oci:\/\//, "")}/wallet-balance-exporter`, digest };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(root: URL, helm: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(helm, { args: [...args], cwd: root }).output();
  const decoder = new TextDecoder();
  // Depending on its version Helm reports the digest on either.
  const said = `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`;
  if (!success) throw new BuildError(`${helm} ${args[0]} failed: ${said.trim()}`);
  return said;
}

if (import.meta.main) {
  await runTool(async () => {
    const { positionals: [registry = ""] } = parseArgs({ args: Deno.args, allowPositionals: true });
    const { name, digest } = await publishChart(new URL("../../", import.meta.url), registry);
    const lines = `chart=${name}\ndigest=${digest}\n`;
    const output = Deno.env.get("GITHUB_OUTPUT");
    if (output !== undefined) await Deno.writeTextFile(output, lines, { append: true });
    return lines;
  });
}
