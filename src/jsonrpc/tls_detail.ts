/** What the runtime (rustls) says of a handshake that failed, and what to do; in lower case, the most telling first. */
const DETAILS: readonly (readonly [pattern: RegExp, detail: string])[] = [
  [
    /unknownissuer|unknown issuer/,
    "the certificate's issuer is unknown: trust its CA with DENO_CERT, or let the server send its intermediates",
  ],
  [
    /causedasendentity/,
    "the server's certificate is that of a CA: issue one for the server with CA:FALSE",
  ],
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
  [
    /invalidcontenttype|corrupt message/,
    "no TLS on this port: write http:// if the node has none, or another port",
  ],
  [/certificaterequired/, "the server requires a client certificate, which is not supported"],
  [/unrecognisedname/, "the server has no certificate for this name"],
  [/protocolversion|incompatible|noprotocolsincommon/, "the server speaks neither TLS 1.2 nor TLS 1.3"],
  [/handshakefailure|insufficientsecurity|ciphersuites/, "the server shares no cipher suite with this program"],
  [/handshake eof/, "the server closed the connection in the TLS handshake"],
];

/**
 * Describes a failure of TLS for the log.
 *
 * @param text what the runtime says, in lower case, without the URL
 */
export function tlsDetail(text: string): string {
  if (/not valid for name|notvalidforname/.test(text)) return `the certificate is for another name${namesIn(text)}`;
  const known = DETAILS.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return known[1];
  const [, alert] = /fatal alert: (\w+)/.exec(text) ?? [];
  if (alert !== undefined) return `the server ended the TLS handshake: ${alert}`;
  return text.includes("certificate") ? "the certificate is invalid" : "TLS failed";
}

/** Those of the certificate, which anybody may see; the name that was asked for is part of the URL. */
function namesIn(text: string): string {
  const [, list = ""] = /only valid for (.*)/.exec(text) ?? [];
  const names = [...list.matchAll(/(?:dnsname|ipaddress)\("?([^")]+)/g)].map(([, name]) => name);
  return names.length === 0 ? "" : `: ${names.slice(0, 3).join(", ")}${names.length > 3 ? " and others" : ""}`;
}
