import { chainTable } from "./gen_chains.ts";

/** Every file that is made and not written: its path from the root, and how its text is made. */
export const GENERATED: ReadonlyMap<string, () => string> = new Map([
  ["src/chain/chains.json", chainTable],
]);

if (import.meta.main) {
  for (const [path, make] of GENERATED) {
    await Deno.writeTextFile(new URL(`../${path}`, import.meta.url), make());
  }
}
