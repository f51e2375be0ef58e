import type { Env } from "../util/process.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import { cleanForeign, protect } from "../util/redact.ts";

/**
 * The runtime reads these and the program does not document them: certificate authorities besides those of
 * `DENO_CERT`, TLS without verification, another listen address, a second compression of pages.
 */
const IGNORED = [
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "DENO_SERVE_ADDRESS",
  "DENO_SERVE_AUTOMATIC_COMPRESSION",
] as const;

const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/** Removes variables that would change what the program trusts or where it listens. */
export function cleanEnvironment(env: Pick<typeof Deno.env, "delete">): void {
  for (const name of IGNORED) env.delete(name);
}

/**
 * Rewrites NO_PROXY in the syntax of the runtime, so that upper case, ports and a leading `*.` work as in other
 * programs.
 */
export function normalizeNoProxy(env: Pick<typeof Deno.env, "get" | "set">): void {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const text = env.get(name);
    const normal = text?.split(",").map(normalizeHost).filter((host) => host !== "").join();
    if (normal !== undefined && normal !== text) env.set(name, normal);
  }
}

/** The runtime compares lower-case hosts without ports: an entry with a port applies to all ports of its host. */
function normalizeHost(text: string): string {
  const entry = text.trim().toLowerCase();
  const [, ipv6] = /^\[([0-9a-f:.]+)\](?::\d+)?$/.exec(entry) ?? [];
  if (ipv6 !== undefined) return ipv6;
  const host = entry.replace(/^([^:]+):\d+$/, "$1").replace(/^\*\./, ".");
  return host.length > 1 ? host.replace(/\.$/, "") : host;
}

/**
 * Checks the CA certificates that the environment names; the runtime reads them only with the first request.
 *
 * @throws {ExitError} when they cannot be read
 */
export function checkCaCertificates(): void {
  try {
    Deno.createHttpClient({}).close();
  } catch (error) {
    const why = error instanceof Error ? cleanForeign(error.message) : "unknown";
    const message = `Cannot read the CA certificates of DENO_CERT or DENO_TLS_CA_STORE: ${why}`;
    throw new ExitError(EXIT.refused, message, "Set DENO_CERT to a PEM file that this user can read, or unset it");
  }
}

/** Logs which proxy is used for requests to nodes: it may be set without anybody remembering it. */
export function reportProxy(env: Env): void {
  for (const name of PROXY_VARIABLES.flatMap((each) => [each, each.toLowerCase()])) {
    const text = env(name);
    if (text === undefined || text === "") continue;
    const url = URL.parse(text.includes("://") ? text : `http://${text}`);
    if (url !== null) {
      protect(url.password);
      protect(`${url.username}:${url.password}`);
    }
    log.info("Using a proxy for requests to nodes", { variable: name, proxy: url?.host ?? "unreadable" });
  }
}
