import { dirname } from "node:path";
import { parse } from "yaml";

/** The folder of the Compose stack. */
export const FOLDER = decodeURIComponent(new URL("../../deploy/compose/", import.meta.url).pathname);

/** A service of the stack, with the keys that the tests use. */
export interface Service {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

/** The services of the stack, without variables of a user. */
export function readServices(): Readonly<Record<string, Service>> {
  const text = Deno.readTextFileSync(`${FOLDER}compose.yaml`).replace(/\$\{\w+:-([^}]*)\}/g, "$1");
  const { services }: { readonly services: Readonly<Record<string, Service>> } = parse(text, { merge: true });
  return services;
}

/** A service by its name. */
export function service(name: string): Service {
  const found = readServices()[name];
  if (found === undefined) throw new Error(`There is no service ${name}`);
  return found;
}

/** Folders of containers that a service's files and arguments name. */
const PATHS = /(?<=^|[\s=:"'])\/(?=(?:etc|prometheus|alertmanager)(?:\/|\s|$))/gm;

/**
 * Lays out the files of a service like in its container, below a folder of this machine.
 *
 * @param root takes the place of `/`
 * @param change edits each file, such as the names of other services
 * @returns the service's arguments, with paths below the folder
 */
export async function layOut(
  name: string,
  root: string,
  change: (text: string) => string = (text) => text,
): Promise<readonly string[]> {
  const { volumes = [], command = [] } = service(name);
  for (const volume of volumes) {
    const [source = "", target = "", mode] = volume.split(":");
    if (mode === undefined) {
      await Deno.mkdir(`${root}${target}`, { recursive: true });
    } else {
      await copy(`${FOLDER}${source}`, `${root}${target}`, (text) => change(text.replaceAll(PATHS, `${root}/`)));
    }
  }
  return command.map((argument) => argument.replaceAll(PATHS, `${root}/`));
}

async function copy(source: string, target: string, change: (text: string) => string): Promise<void> {
  if ((await Deno.stat(source)).isDirectory) {
    for await (const { name } of Deno.readDir(source)) await copy(`${source}/${name}`, `${target}/${name}`, change);
  } else {
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeTextFile(target, change(await Deno.readTextFile(source)));
  }
}
