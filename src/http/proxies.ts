import { type Env, readEnv } from "../util/process.ts";
/**
 * Makes a function that returns whether requests to a URL go through a proxy, as the runtime reads the environment: a
 * variable for the scheme or `ALL_PROXY`, unless `NO_PROXY` names the host.
 */
export function proxyMatcher(env: Env): (href: string) => boolean {
  const read = (name: string): string => env(name) ?? env(name.toLowerCase()) ?? "";
  return (href) => {
    const { protocol, hostname } = new URL(href);
    const proxy = read(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY") + read("ALL_PROXY");
    if (proxy === "") return false;
    const direct = read("NO_PROXY").split(",").map((entry) => entry.trim().toLowerCase());
    return !direct.some((entry) => entry !== "" && matchesHost(entry, hostname));
  };
}

/** Whether requests to a URL go through a proxy of this process. */
export const isProxied: (href: string) => boolean = proxyMatcher(readEnv);

/** Returns the hosts of the proxies that the environment names for a scheme, in any case. */
export function proxyHosts(protocol: string, env: Env): readonly string[] {
  const names = [protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY", "ALL_PROXY"];
  return names.flatMap((name) => [name, name.toLowerCase()]).flatMap((name) => {
    const text = env(name) ?? "";
    return URL.parse(text.includes("://") ? text : `http://${text}`)?.hostname || [];
  });
}

function matchesHost(entry: string, hostname: string): boolean {
  const name = entry.replace(/^\*?\./, "");
  const host = hostname.replace(/^\[|\]$/g, "");
  return entry === "*" || host === name || host.endsWith(`.${name}`) || isInRange(entry, host);
}

/** Whether an IPv4 address is in a range such as `10.0.0.0/8`. */
function isInRange(entry: string, host: string): boolean {
  const [, base = "", bits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  const [from, address] = [parseIpv4(base), parseIpv4(host)];
  if (from === undefined || address === undefined || Number(bits) > 32) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(from / size) === Math.floor(address / size);
}

function parseIpv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.reduce((sum, part) => sum * 256 + part, 0);
}
