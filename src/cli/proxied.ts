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
  return entry === "*" || hostname === name || hostname.endsWith(`.${name}`);
}
