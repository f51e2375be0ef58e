import manifest from "../deno.json" with { type: "json" };

/**
 * Writes `chart/Chart.yaml` with the program's version: both are released together.
 *
 * @returns the text as it is, but for versions, the image's tag and whether it is a release
 */
export async function chartManifest(): Promise<string> {
  const text = await Deno.readTextFile(new URL("../chart/Chart.yaml", import.meta.url));
  const { version } = manifest;
  return text
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^appVersion: .*$/m, `appVersion: ${version}`)
    .replace(/(image: \S+:)\S+$/m, `$1${version}`)
    .replace(/(prerelease: )\S+$/m, `$1"${version.includes("-")}"`);
}
