import { parse } from "yaml";
import manifest from "../deno.json" with { type: "json" };

/** `chart/Chart.yaml` with the program's version, image tag and prerelease mark: both are released together. */
export async function chartManifest(): Promise<string> {
  const text = await Deno.readTextFile(new URL("../chart/Chart.yaml", import.meta.url));
  const { version } = manifest;
  return text
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^appVersion: .*$/m, `appVersion: ${version}`)
    .replace(/(image: \S+:)\S+$/m, `$1${version}`)
    .replace(/(prerelease: )\S+$/m, `$1"${version.includes("-")}"`);
}

/** Part of a JSON schema. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

/**
 * `chart/files/defaults.json`: defaults for values that a user sets to null, which Helm removes before templates run.
 * Values for which null has a meaning are not in it: it removes a probe, a limit, an annotation.
 */
export async function chartDefaults(): Promise<string> {
  const read = async (name: string): Promise<string> =>
    await Deno.readTextFile(new URL(`../chart/${name}`, import.meta.url));
  const schema: Schema = JSON.parse(await read("values.schema.json"));
  return `${JSON.stringify(defaultsOf(parse(await read("values.yaml")), schema), null, 2)}\n`;
}

/** Null means that the configuration is elsewhere. */
const NONE = "existingSecret.name";

function defaultsOf(values: Readonly<Record<string, unknown>>, { properties = {} }: Schema, path = ""): unknown {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const { [key]: part = {} } = properties;
      if (isObject(value) && part.properties !== undefined) return [[key, defaultsOf(value, part, `${path}${key}.`)]];
      const isLeftOut = value === null || isObject(value) && Object.keys(value).length > 0 || path + key === NONE;
      return isLeftOut ? [] : [[key, value]];
    }),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
