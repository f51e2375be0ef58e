import { type Env, readEnv } from "../util/process.ts";

/**
 * Finds the proxies for requests to a URL, as the runtime reads the environment: the variable for the scheme or
 * `ALL_PROXY`, unless `NO_PROXY` names the host.
 *
 * @returns their host names, of variables in any case
 */
export function proxiesFor(href: string, env: Env = readEnv): readonly string[] {
  const { protocol, hostname } = new URL(href);
  const names = [protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY", "ALL_PROXY"];
  const proxies = names.flatMap((name) => [name, name.toLowerCase()]).flatMap((name) => {
    const text = env(name) ?? "";
    return URL.parse(text.includes("://") ? text : `http://${text}`)?.hostname || [];
  });
  if (proxies.length === 0) return [];
  const direct = (env("NO_PROXY") ?? env("no_proxy") ?? "").split(",").map((entry) => entry.trim().toLowerCase());
  return direct.some((entry) => entry !== "" && matchesHost(entry, hostname)) ? [] : proxies;
}

/** Whether requests to a URL go through a proxy of this process. */
export function isProxied(href: string): boolean {
  return proxiesFor(href).length > 0;
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
