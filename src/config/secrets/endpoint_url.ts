import { explain, type Explanation } from "./expand_secrets.ts";
import { percentDecode } from "../../util/encodings.ts";
import { BLOCKED_PORTS, isDeniedAddress } from "../../util/denied_address.ts";
import { protect } from "../../util/redact.ts";
import { maskedName, protectHeader, randomLabels, secretsOf } from "./url_secrets.ts";

/**
 * The URL of an RPC endpoint, which is a secret: its path, query or user part may
 * have a key. It prints, logs and serializes as the endpoint's name; only
 * {@linkcode EndpointUrl.reveal} gives the URL, to the code that sends requests.
 */
export class EndpointUrl {
  /** The host, with the port if there is one, and `***` in place of secrets. */
  readonly name: string;
  /** Whether a part of the host looks like a key. */
  readonly hasKeyInHost: boolean;
  readonly #href: string;
  readonly #headers: readonly Header[];

  /** @param host which parts of the host are secret, and which are shown although they look like keys */
  constructor(url: URL, headers: readonly Header[] = [], { hidden = [], shown }: HostSecrets = {}) {
    const random = randomLabels(url.hostname);
    this.hasKeyInHost = random.length > 0;
    this.name = maskedName(url.host, [...hidden, ...random.filter((label) => label !== shown)]);
    for (const secret of secretsOf(url, this.name)) protect(secret);
    for (const [, value] of headers) protectHeader(value);
    const bare = new URL(url);
    bare.username = "";
    bare.password = "";
    bare.hash = "";
    this.#href = bare.href;
    if (url.username !== "" || url.password !== "") {
      const credentials = `${percentDecode(url.username)}:${percentDecode(url.password)}`;
      protect(credentials);
      const basic = `Basic ${new TextEncoder().encode(credentials).toBase64()}`;
      this.#headers = [["authorization", basic], ...headers];
    } else this.#headers = headers;
  }

  /**
   * The target of requests.
   *
   * @returns the URL without its user part, and the headers to send, with the user part as `Authorization`
   */
  reveal(): {
    readonly href: string;
    readonly headers: readonly Header[];
  } {
    return { href: this.#href, headers: this.#headers };
  }

  /** Whether both reach the same place with the same credentials. */
  equals(other: EndpointUrl): boolean {
    return this.#href === other.#href && String(this.#headers) === String(other.#headers);
  }

  /** The endpoint's name. */
  toString(): string {
    return this.name;
  }

  /** The endpoint's name. */
  toJSON(): string {
    return this.name;
  }

  /** The endpoint's name, for `console.log` and `Deno.inspect`. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.name;
  }

  /** The endpoint's name, for Node's `util.inspect`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.name;
  }
}

/** The name and the value of an HTTP header. */
export type Header = readonly [name: string, value: string];

/** What is secret in the host of a URL. */
export interface HostSecrets {
  /** Parts that came from a secret. @default none */
  readonly hidden?: readonly string[];
  /** A label that is shown although it looks like a key, since the network is named after it. */
  readonly shown?: string;
}

/** No server accepts a longer URL, and all its parts are kept for redaction. */
export const MAX_URL = 16_384;

const WRITE = "Expected https://host/path";

const ENCODE =
  "In the user or password, encode / as %2F, ? as %3F, # as %23 and @ as %40; also encode an @ in the path or query";

const NO_SCHEME = explain("The RPC URL does not start with http:// or https://", WRITE);

/** Names of cloud metadata services: the permissions of the program deny them as well. */
const DENIED_NAMES = /^metadata(\.google\.internal|\.goog)?\.?$/;

/**
 * Reads the URL of an RPC endpoint.
 *
 * @returns the endpoint's URL, or why it is invalid
 */
export function parseEndpointUrl(
  text: string,
  headers: readonly Header[] = [],
  host: HostSecrets = {},
): EndpointUrl | Explanation {
  if (text.length > MAX_URL) return explain(`The RPC URL is longer than ${MAX_URL} characters`, WRITE);
  const url = URL.parse(text);
  if (url === null) {
    // A word such as `localhost` is no secret, and removing it would garble every message.
    if (/[/?#@\s]/.test(text)) protect(text);
    if (!text.includes("://")) return NO_SCHEME;
    return explain("The RPC URL is invalid", text.includes("@") ? ENCODE : WRITE);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    for (const secret of secretsOf(url, url.host)) protect(secret);
    if (!text.includes("://")) return NO_SCHEME;
    const webSocket = url.protocol === "ws:" || url.protocol === "wss:";
    const advice = webSocket ? "Use the provider's HTTP endpoint; WebSocket is not supported" : WRITE;
    return explain("The RPC URL is neither http nor https", advice);
  }
  const endpoint = new EndpointUrl(url, headers, host);
  if (hasStrayAt(url)) {
    return explain("The RPC URL's user part ends before the last @, so the host is wrong", ENCODE);
  }
  if (BLOCKED_PORTS.has(url.port)) {
    const advice = "Use another port, with a proxy or a Service in front of the node if needed";
    return explain(`The RPC URL's port ${url.port} is blocked by the Fetch standard`, advice);
  }
  if (DENIED_NAMES.test(url.hostname) || isDeniedAddress(url.hostname)) {
    const message = `The RPC URL's host ${url.hostname} is a link-local or cloud metadata address`;
    return explain(message, "Use the node's own address");
  }
  return endpoint;
}

/** A password with a slash in it: the apparent host is a part of the password. */
function hasStrayAt({ username, password, pathname, search, hash }: URL): boolean {
  return username + password !== "" && `${pathname}${search}${hash}`.includes("@");
}
