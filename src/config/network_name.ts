/** The name of a network whose URL has no host to be called after. */
const UNKNOWN = "unknown";

/**
 * Makes the `network` label of an RPC URL as the original exporter did, except
 * that credentials never enter it: the text after `//` up to the next `/`, up to
 * the first `.`, with `_` in place of `:` and `-`.
 *
 * @param text the URL as written, valid or not
 * @returns such as `eth_mainnet`, `localhost_8545`, `[__1]_8545`; `unknown` without `//`,
 * or where the text after it is not what the URL's host is
 */
export function networkName(text: string): string {
  const start = text.indexOf("//");
  if (start === -1) return UNKNOWN;
  const host = hostPart(text, text.slice(start + 2));
  if (host === undefined) return UNKNOWN;
  const name = host.slice(
    0,
    host.includes(".") ? host.indexOf(".") : undefined,
  );
  return name.replace(/[:-]/g, "_");
}

/** The host and port as typed, if they surely are that and nothing secret. */
function hostPart(text: string, rest: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) {
    // A password with a slash in it breaks the URL in two: only what follows the last @ is safe.
    const host = upTo(rest.slice(rest.lastIndexOf("@") + 1));
    return /^[\w.:[\]-]*$/.test(host) ? host : undefined;
  }
  const authority = upTo(rest);
  const host = authority.slice(authority.lastIndexOf("@") + 1).trim();
  return URL.parse(`${url.protocol}//${host}`)?.host === url.host ? host : undefined;
}

function upTo(text: string): string {
  const end = text.search(/[/?#\\]/);
  return end === -1 ? text : text.slice(0, end);
}
