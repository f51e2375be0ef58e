import { ROOT } from "../program/exporter_command.ts";

/** What a release is made of. */
const SOURCES = [
  "deno.json",
  "deno.lock",
  "main.ts",
  "src",
  "tools",
  "deploy",
  "docs",
  "examples",
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "SECURITY.md",
];

/**
 * Does something in a copy of the sources: another folder, with files of another time.
 *
 * @param work is given the copy's folder
 */
export async function withSourceCopy<T>(work: (root: URL) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    const root = new URL(`file://${folder}/`);
    for (const name of SOURCES) await copy(new URL(name, ROOT), new URL(name, root));
    return await work(root);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copy(from: URL, to: URL): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(`${from.pathname}/${name}`, from), new URL(`${to.pathname}/${name}`, to));
  }
}
