import { fileURLToPath } from "node:url";
import { BuildError } from "./run_deno.ts";

/** Files of an archive besides the binary: source and destination. */
const BESIDE = [
  ["CHANGELOG.md", "CHANGELOG.md"],
  ["LICENSE", "LICENSE"],
  ["README.md", "README.md"],
  ["SECURITY.md", "SECURITY.md"],
  ["docs", "docs"],
  ["examples", "examples"],
  ["dist/NOTICE", "NOTICE"],
  ["dist/sbom.cdx.json", "sbom.cdx.json"],
  // One by one: a working folder may contain secrets.
  ["deploy/compose/compose.yaml", "deploy/compose/compose.yaml"],
  ["deploy/compose/alertmanager.yml", "deploy/compose/alertmanager.yml"],
  ["deploy/compose/grafana-datasource.yaml", "deploy/compose/grafana-datasource.yaml"],
  ["deploy/compose/prometheus.yml", "deploy/compose/prometheus.yml"],
  ["deploy/compose/secrets/.gitignore", "deploy/compose/secrets/.gitignore"],
  ["deploy/compose/wallets/.gitignore", "deploy/compose/wallets/.gitignore"],
  ["deploy/compose/wallets/wallets.yaml", "deploy/compose/wallets/wallets.yaml"],
  ["deploy/compose/watchdog.yaml", "deploy/compose/watchdog.yaml"],
  ["deploy/datadog", "deploy/datadog"],
  ["deploy/grafana/dashboard.json", "deploy/grafana/dashboard.json"],
  ["deploy/grafana/provisioning.yaml", "deploy/grafana/provisioning.yaml"],
  ["deploy/prometheus", "deploy/prometheus"],
  ["deploy/systemd", "systemd"],
] as const;

const SOURCES = "https://github.com/agglayer/wallet-balance-exporter/blob";

/**
 * Fills the folder of an archive: the binary, rules, dashboard, examples, and the pages. Links to what it does not
 * contain lead to the sources of its version.
 *
 * @param binary the path of the binary
 * @param content an empty folder
 * @throws {BuildError} when a file is missing
 */
export async function fillArchive(root: URL, binary: string, content: URL): Promise<void> {
  for (const [from, to] of [[binary, "wallet-balance-exporter"], ...BESIDE] as const) {
    const target = new URL(to, content);
    await Deno.mkdir(new URL(".", target), { recursive: true });
    await run("cp", ["-r", fileURLToPath(new URL(from, root)), fileURLToPath(target)]);
  }
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const sources = `${SOURCES}/${/-dev\b/.test(version) ? "main" : `v${version}`}/`;
  for await (const page of pagesBelow(content)) await linkToSources(page, content, sources);
}

/** The name of an archive, which is also the name of its only folder. */
export function archiveName(version: string, architecture: string): string {
  return `wallet-balance-exporter-${version}-linux-${architecture}`;
}

async function* pagesBelow(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* pagesBelow(new URL(`${name}/`, folder));
    else if (name.endsWith(".md")) yield new URL(name, folder);
  }
}

async function linkToSources(page: URL, content: URL, sources: string): Promise<void> {
  const text = await Deno.readTextFile(page);
  const links = new Map<string, string>();
  for (const [, link = ""] of text.matchAll(/\]\(([^)\s#]+)/g)) {
    const target = new URL(link, page);
    if (target.protocol !== "file:" || await Deno.stat(target).then(() => true, () => false)) continue;
    links.set(link, `${sources}${target.pathname.slice(content.pathname.length)}`);
  }
  const changed = text.replace(/(?<=\]\()[^)\s#]+/g, (link) => links.get(link) ?? link);
  if (changed !== text) await Deno.writeTextFile(page, changed);
}

/** Runs a program. Throws with its error output if it fails. */
export async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (!success) throw new BuildError(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}
