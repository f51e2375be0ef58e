/**
 * What the runtime reads by itself, and this program does not document: CAs to trust besides those of `DENO_CERT`,
 * certificates that need not be valid, another address to listen on, compressed pages compressed again.
 */
const IGNORED = [
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "DENO_SERVE_ADDRESS",
  "DENO_SERVE_AUTOMATIC_COMPRESSION",
] as const;

/**
 * Removes variables that would change what the program trusts or where it listens, so that all runtimes do the same.
 *
 * @param env where they are
 */
export function cleanEnvironment(env: Pick<typeof Deno.env, "delete">): void {
  for (const name of IGNORED) env.delete(name);
}
