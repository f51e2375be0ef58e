import { type Reason, RpcError } from "./errors.ts";
import { tlsDetail } from "./tls_detail.ts";

const DENIED = "the address is link-local, a metadata service, or otherwise denied";

/** What the runtime's network stack says, from the most telling to the least. */
const SIGNS: readonly (readonly [RegExp, Reason, string | ((text: string) => string)])[] = [
  // From 2.9 on the runtime looks at what a name resolves to.
  [/requires net access/, "denied", DENIED],
  [/dns error|failed to lookup address|name or service not known|no address associated/, "dns", "name not resolved"],
  [
    /before message completed|reset|broken pipe|reading a body|unexpected eof|incompletemessage|close_notify/,
    "reset",
    "cut off",
  ],
  [/certificate|tls|handshake|corrupt message|unknownissuer|peer is incompatible|fatal alert/, "tls", tlsDetail],
  [/proxy|tunnel/, "proxy", "the proxy failed"],
  [/invalid http version/, "protocol", "no HTTP on this port: another protocol, or TLS, which needs https://"],
  [/too many open files|file descriptor|emfile/, "connect", "no file descriptor is left"],
  [/connection refused/, "connect", "connection refused"],
  [/\(connect\)|tcp connect|unreachable|no route/, "connect", "no connection"],
  [
    /invalid|parse|version|chunk|content-length|header|message head|decode|compress|encoding|gzip|brotli|end of file/,
    "protocol",
    "not proper HTTP",
  ],
];

/** How far a request to a node came: what a timeout is called. */
export type Progress = "new connection" | "known connection" | "answer begun";

/** What the error itself does not tell. */
export interface Circumstances {
  readonly aborted: boolean;
  readonly viaProxy: boolean;
  /** Of a request to a node. */
  readonly progress?: Progress;
}

/** The runtime does not say whether it has a connection; where it had none before, that is the likelier fault. */
const TIMEOUTS: Readonly<Record<Progress, string>> = {
  "new connection": "no connection, or no answer on it, within --rpc.timeout",
  "known connection": "no answer within --rpc.timeout",
  "answer begun": "no complete answer within --rpc.timeout",
};

/** Through a proxy, it is the proxy that is looked up and connected to. */
const PROXIED: ReadonlySet<Reason> = new Set(["connect", "dns"]);

/**
 * Names a failure of `fetch` or of reading its body. The runtime's text holds
 * the URL with its key, so none of it is passed on.
 *
 * @param error what was thrown
 * @param circumstances whether the deadline has passed, and whether a proxy stands between
 */
export function classifyTransport(error: unknown, { aborted, viaProxy, progress }: Circumstances): RpcError {
  if (error instanceof RpcError) return error;
  if (aborted) {
    return new RpcError("timeout", progress === undefined ? "no complete answer in time" : TIMEOUTS[progress]);
  }
  if (
    error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied
  ) {
    return new RpcError("denied", DENIED);
  }
  const text = innermostText(error);
  const sign = SIGNS.find(([pattern]) => pattern.test(text));
  const [, reason, words] = sign ?? [undefined, "connect" as const, "the request failed"];
  const detail = typeof words === "string" ? words : words(text);
  return viaProxy && PROXIED.has(reason) ? new RpcError("proxy", `the proxy: ${detail}`) : new RpcError(reason, detail);
}

/** The text behind the URL, which may itself hold any of the words looked for. */
function innermostText(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 8; at = at.cause) {
    texts.push(at.message);
  }
  const text = texts.join(" | ").toLowerCase();
  const start = text.lastIndexOf("client error");
  return start === -1 ? text.replace(/https?:\S*/g, "") : text.slice(start);
}
