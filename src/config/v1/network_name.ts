import { MAX_URL } from "../secrets/endpoint_url.ts";

/** The name of a network whose URL has no host to be called after. */
const UNKNOWN = "unknown";

/**
 * Makes the `network` label of an RPC URL as the original exporter did, except
 * that credentials never enter it: the text after `//` up to the next `/`, up to
 * the first `.`, with `_` in place of `:` and `-`.
 *
 * @param text the URL as written, valid or not
 * @returns such as `eth_mainnet`, `localhost_8545`, `[__1]_8545`; `unknown` without `//`,
 * or where the text after it is not surely the URL's host
 */
export function networkName(text: string): string {
  const start = text.indexOf("//");
  if (start === -1 || text.length > MAX_URL) return UNKNOWN;
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
  const authority = upTo(rest);
  // An @ further on may end a password with a slash in it: then this is a piece of the password.
  const strayAt = rest.includes("@", authority.length);
  if (strayAt && (url === null || authority.includes("@"))) return undefined;
  const host = authority.slice(authority.lastIndexOf("@") + 1).trim();
  if (url === null) return /^[\w.:[\]-]*$/.test(host) ? host : undefined;
  return URL.parse(`${url.protocol}//${host}`)?.host === url.host ? host : undefined;
}

function upTo(text: string): string {
  const end = text.search(/[/?#\\]/);
  return end === -1 ? text : text.slice(0, end);
}
