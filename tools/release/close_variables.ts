import { BuildError } from "./run_deno.ts";

/**
 * Variables that the runtime reads before the program's code runs and could remove them: a file for the secrets of all
 * TLS connections, and logging of connections.
 */
const NAMES = ["SSLKEYLOGFILE", "DENO_LOG"] as const;

/**
 * Makes the runtime in a binary read names that no variable can have: their first letter becomes a zero byte.
 *
 * @param binary the output of `deno compile`, changed in place
 * @throws {BuildError} when the runtime does not contain a name, since it may then read the variable in another way
 */
export async function closeVariables(binary: URL): Promise<void> {
  const bytes = await Deno.readFile(binary);
  for (const name of NAMES) {
    if (blank(bytes, new TextEncoder().encode(name)) > 0) continue;
    throw new BuildError(`The runtime does not contain the variable name ${name}: check how it reads it`);
  }
  await Deno.writeFile(binary, bytes);
}

/** @returns the number of occurrences */
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
