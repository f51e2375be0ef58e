import { BuildError } from "./run_deno.ts";

/**
 * Variables that the runtime reads before any code of ours runs, so that removing them there comes too late. The first
 * is a file that the secrets of all TLS connections are written to; the second makes it log its connections.
 */
const NAMES = ["SSLKEYLOGFILE", "DENO_LOG"] as const;

/**
 * Makes the runtime in a binary ask for names that no variable can have: their first letter becomes a zero byte.
 *
 * @param binary what `deno compile` made; it is changed in place
 * @throws {BuildError} when the runtime has no such name: then it has to be looked at how it reads them
 */
export async function closeVariables(binary: URL): Promise<void> {
  const bytes = await Deno.readFile(binary);
  for (const name of NAMES) {
    if (blank(bytes, new TextEncoder().encode(name)) > 0) continue;
    throw new BuildError(`The runtime does not name the variable ${name}: how does it read it?`);
  }
  await Deno.writeFile(binary, bytes);
}

/** Returns how often it was found. */
function blank(bytes: Uint8Array, name: Uint8Array): number {
  const [first = 0] = name;
  let count = 0;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (!name.every((byte, index) => bytes[at + index] === byte)) continue;
    bytes[at] = 0;
    count++;
  }
  return count;
}
