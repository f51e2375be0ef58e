const FILE = new URL("../src/version.ts", import.meta.url);

/** Writes `src/version.ts` anew, with the version of `deno.json`: so the whole manifest need not be in the program. */
export async function versionModule(): Promise<string> {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  const text = await Deno.readTextFile(FILE);
  return text.replace(/(?<=VERSION = ")[^"]*(?=")/, version);
}
