import { COMPILER } from "./compile_with.ts";

/** Packages and tools of Deno's cache, at another place. */
export interface CacheCopy extends AsyncDisposable {
  readonly path: string;
}

/** Copies what a build takes from Deno's cache. */
export async function copyCache(): Promise<CacheCopy> {
  const path = await Deno.makeTempDir();
  const { denoDir } = JSON.parse(await run(COMPILER, ["info", "--json"]));
  for (const name of ["npm", "dl"]) await run("cp", ["-r", `${denoDir}/${name}`, path]);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function run(program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${program} failed: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
