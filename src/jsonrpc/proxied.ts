/**
 * Makes a function that tells whether requests to a URL go through a proxy, as
 * the runtime reads the environment: a variable for the scheme or `ALL_PROXY`,
 * unless `NO_PROXY` names the host.
 *
 * @param env reads a variable of the environment
 */
export function proxied(env: (name: string) => string | undefined): (href: string) => boolean {
  const read = (name: string): string => env(name) ?? env(name.toLowerCase()) ?? "";
  const left = read("NO_PROXY").split(",").map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== "");
  return (href) => {
    const { protocol, hostname } = new URL(href);
    const own = read(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
    return `${own}${read("ALL_PROXY")}` !== "" && !left.some((entry) => covers(entry, hostname));
  };
}

function covers(entry: string, hostname: string): boolean {
  const name = entry.replace(/^\*?\./, "");
  const host = hostname.replace(/^\[|\]$/g, "");
  return entry === "*" || host === name || host.endsWith(`.${name}`) || isInRange(entry, host);
}

/** A range of IPv4 addresses, such as `10.0.0.0/8`. */
function isInRange(entry: string, host: string): boolean {
  const [, base = "", bits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  const [from, address] = [addressOf(base), addressOf(host)];
  if (from === undefined || address === undefined || Number(bits) > 32) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(from / size) === Math.floor(address / size);
}

function addressOf(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.reduce((sum, part) => sum * 256 + part, 0);
}
