let version = 0;

/**
 * Writes files as the kubelet does for a mounted ConfigMap: they are in a hidden folder of the version, to which the
 * link `..data` leads, and what others see are links through that.
 */
export async function mountVersion(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const own = `..2026_01_01_00_00_00.${++version}`;
  await Deno.mkdir(`${folder}/${own}`);
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${own}/${name}`, text);
  await Deno.symlink(own, `${folder}/..data_tmp`);
  await Deno.rename(`${folder}/..data_tmp`, `${folder}/..data`);
  const seen: string[] = [];
  for await (const { name } of Deno.readDir(folder)) seen.push(name);
  for (const name of Object.keys(files)) {
    if (!seen.includes(name)) await Deno.symlink(`..data/${name}`, `${folder}/${name}`);
  }
  for (const name of seen) {
    const isOld = name.startsWith("..") ? name !== "..data" && name !== own : files[name] === undefined;
    if (isOld) await Deno.remove(`${folder}/${name}`, { recursive: true });
  }
}
