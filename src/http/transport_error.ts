import { cleanForeign } from "../util/redact.ts";

/** How a request failed before there was a complete response. */
export type TransportReason =
  | "connect"
  | "dns"
  | "denied"
  | "timeout"
  | "tls"
  | "reset"
  | "protocol"
  | "proxy"
  | "redirect";

/** A request that got no complete response. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly reason: TransportReason;

  /** @param detail for the log; foreign text in it is scrubbed and cut here */
  constructor(reason: TransportReason, detail: string) {
    super(cleanForeign(detail));
    this.reason = reason;
  }
}

const DENIED = "address denied: link-local, a metadata service, or not permitted";

/** Messages of the runtime (Deno, hyper, rustls) in lower case; the most specific first. */
const PATTERNS: readonly (readonly [RegExp, TransportReason, string | ((text: string) => string)])[] = [
  // Since 2.9 the runtime checks the addresses that a name resolves to.
  [/requires net access/, "denied", DENIED],
  [/dns error|failed to lookup address|name or service not known|no address associated/, "dns", "name not resolved"],
  [
    /before message completed|reset|broken pipe|reading a body|unexpected eof|incompletemessage|close_notify/,
    "reset",
    "connection closed before the response was complete",
  ],
  [/certificate|tls|handshake|corrupt message|unknownissuer|peer is incompatible|fatal alert/, "tls", describeTlsError],
  [/proxy|tunnel/, "proxy", "the proxy failed"],
  [/invalid http version/, "protocol", "not HTTP: another protocol on this port, or TLS, which needs https://"],
  [/too many open files|file descriptor|emfile/, "connect", "out of file descriptors"],
  [/connection refused/, "connect", "connection refused"],
  [/\(connect\)|tcp connect|unreachable|no route/, "connect", "connection failed"],
  [
    /invalid|parse|version|chunk|content-length|header|message head|decode|compress|encoding|gzip|brotli|end of file/,
    "protocol",
    "malformed HTTP response",
  ],
];

/** What the thrown error itself does not say. */
export interface TransportContext {
  /** Whether the deadline has passed. */
  readonly aborted: boolean;
  /** Whether a proxy is used: then it is the proxy that is looked up and connected to. */
  readonly viaProxy: boolean;
  /** The detail of a timeout. @default "no complete response in time" */
  readonly onTimeout?: string;
}

/**
 * Classifies a failure of `fetch` or of reading its body. The runtime's text contains the URL with its key, so none of
 * it is passed on.
 *
 * @param error what was thrown; a {@linkcode TransportError} is returned as it is
 */
export function toTransportError(error: unknown, { aborted, viaProxy, onTimeout }: TransportContext): TransportError {
  if (error instanceof TransportError) return error;
  if (aborted) return new TransportError("timeout", onTimeout ?? "no complete response in time");
  if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied) {
    return new TransportError("denied", DENIED);
  }
  const text = messagesOf(error);
  const [, reason, detail] = PATTERNS.find(([pattern]) => pattern.test(text)) ??
    [undefined, "connect" as const, "the request failed"];
  const words = typeof detail === "string" ? detail : detail(text);
  return viaProxy && (reason === "connect" || reason === "dns")
    ? new TransportError("proxy", `proxy: ${words}`)
    : new TransportError(reason, words);
}

/** The messages without the URL, which may itself contain any of the words that are looked for. */
function messagesOf(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 8; at = at.cause) texts.push(at.message);
  const text = texts.join(" | ").toLowerCase();
  const start = text.lastIndexOf("client error");
  return start === -1 ? text.replace(/https?:\S*/g, "") : text.slice(start);
}

/** What rustls says of a failed handshake, and what to do about it. */
const TLS_PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /unknownissuer|unknown issuer/,
    "the certificate's issuer is unknown: trust its CA with DENO_CERT, or let the server send its intermediates",
  ],
  [/causedasendentity/, "the server's certificate is that of a CA: issue one for the server with CA:FALSE"],
  [/not valid yet|notvalidyet/, "the certificate is not valid yet, or this machine's clock is wrong"],
  [/expired/, "the certificate has expired, or this machine's clock is wrong"],
  [/revoked/, "the certificate was revoked"],
  [
    /extended key usage|requiredekunotfound|invalidpurpose/,
    "the certificate is not for servers: its extended key usage lacks serverAuth",
  ],
  [
    /unsupportedsignaturealgorithm|signature ?algorithm/,
    "the certificate is signed by an algorithm that is not supported, such as SHA-1",
  ],
  [/nameconstraint/, "the certificate's CA may not issue for this name"],
  [/badsignature|invalidsignature/, "the certificate's signature is invalid"],
  [/unsupportedcertversion|badencoding|badder|malformed|extension/, "the certificate is malformed"],
  [/invalidcontenttype|corrupt message/, "no TLS on this port: use http:// if the node has no TLS, or another port"],
  [/certificaterequired/, "the server requires a client certificate, which is not supported"],
  [/unrecognisedname/, "the server has no certificate for this name"],
  [/protocolversion|incompatible|noprotocolsincommon/, "the server supports neither TLS 1.2 nor TLS 1.3"],
  [/handshakefailure|insufficientsecurity|ciphersuites/, "no cipher suite in common with the server"],
  [/handshake eof/, "the server closed the connection in the TLS handshake"],
];

function describeTlsError(text: string): string {
  if (/not valid for name|notvalidforname/.test(text)) return `the certificate is for another name${namesIn(text)}`;
  const known = TLS_PATTERNS.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return known[1];
  const [, alert] = /fatal alert: (\w+)/.exec(text) ?? [];
  if (alert !== undefined) return `the server ended the TLS handshake: ${alert}`;
  return text.includes("certificate") ? "the certificate is invalid" : "TLS failed";
}

/** The names in the certificate are public; the requested one is part of the URL. */
function namesIn(text: string): string {
  const [, list = ""] = /only valid for (.*)/.exec(text) ?? [];
  const names = [...list.matchAll(/(?:dnsname|ipaddress)\("?([^")]+)/g)].map(([, name]) => name);
  return names.length === 0 ? "" : `: ${names.slice(0, 3).join(", ")}${names.length > 3 ? " and others" : ""}`;
}
