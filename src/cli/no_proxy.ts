/** Reads and sets variables of the environment. */
export type Environment = Pick<typeof Deno.env, "get" | "set">;

/**
 * Writes NO_PROXY as the runtime reads it, so that an entry in capitals, with a
 * port or with a star before it counts as it does in other programs.
 *
 * @param env where the variable is
 */
export function normalizeNoProxy(env: Environment): void {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const text = env.get(name);
    const normal = text === undefined ? undefined : text.split(",").map(entryOf).filter((entry) => entry !== "").join();
    if (normal !== undefined && normal !== text) env.set(name, normal);
  }
}

/** The runtime compares hosts in small letters and no ports: an entry with one counts for all ports of its host. */
function entryOf(text: string): string {
  const entry = text.trim().toLowerCase();
  const [, ipv6] = /^\[([0-9a-f:.]+)\](?::\d+)?$/.exec(entry) ?? [];
  if (ipv6 !== undefined) return ipv6;
  const host = entry.replace(/^([^:]+):\d+$/, "$1").replace(/^\*\./, ".");
  return host.length > 1 ? host.replace(/\.$/, "") : host;
}
