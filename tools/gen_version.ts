const FILE = new URL("../src/version.ts", import.meta.url);

/** `src/version.ts` with the version of `deno.json`, so that the program does not contain the whole manifest. */
export async function versionModule(): Promise<string> {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  const text = await Deno.readTextFile(FILE);
  return text.replace(/(?<=VERSION = ")[^"]*(?=")/, version);
}
