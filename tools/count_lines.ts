/**
 * Lines of code: neither blank nor comment. After `deno fmt` a comment of its own line begins with `//` or `/*`.
 *
 * @example countCode("/** Doc. *\/\nlet a = 1; // one\n\n") // 1
 */
export function countCode(text: string): number {
  let count = 0;
  let isComment = false;
  for (const line of text.split("\n").map((each) => each.trim())) {
    isComment ||= line.startsWith("/*");
    if (!isComment && line !== "" && !line.startsWith("//")) count++;
    if (isComment) isComment = !line.endsWith("*/");
  }
  return count;
}

async function countFolder(folder: URL): Promise<number> {
  let count = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) count += await countFolder(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) count += countCode(await Deno.readTextFile(new URL(name, folder)));
  }
  return count;
}

if (import.meta.main) {
  const src = new URL("../src/", import.meta.url);
  const folders = [...Deno.readDirSync(src)].filter(({ isDirectory }) => isDirectory).map(({ name }) => `${name}/`);
  for (const folder of [...folders.sort(), "."]) {
    const count = await countFolder(new URL(folder, src));
    const line = `${`src/${folder === "." ? "" : folder}`.padEnd(16)} ${String(count).padStart(6)}\n`;
    await Deno.stdout.write(new TextEncoder().encode(line));
  }
}
