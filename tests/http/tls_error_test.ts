import assert from "node:assert/strict";
import { toTransportError } from "../../src/http/transport_error.ts";

/** What the runtimes say, heard from servers with these faults. */
const HEARD: readonly (readonly [said: string, detail: RegExp])[] = [
  ["invalid peer certificate: UnknownIssuer", /issuer is unknown: .*DENO_CERT/],
  ["invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", /that of a CA/],
  ["invalid peer certificate: Expired", /has expired/],
  ["invalid peer certificate: certificate expired: verification time 1796017380 (UNIX)", /has expired/],
  ["invalid peer certificate: certificate not valid yet: verification time 17 (UNIX), but", /not valid yet/],
  [
    'invalid peer certificate: certificate not valid for name "secret.example"; certificate is only valid for ' +
    'DnsName("node.example.org") or IpAddress(10.0.0.7)',
    /^the certificate is for another name: node.example.org, 10.0.0.7$/,
  ],
  ["invalid peer certificate: NotValidForName", /^the certificate is for another name$/],
  [
    "invalid peer certificate: certificate does not allow extended key usage for server authentication, allows " +
    "client authentication",
    /serverAuth/,
  ],
  ["invalid peer certificate: UnsupportedSignatureAlgorithmContext { signature_algorithm_id: [6] }", /SHA-1/],
  ["invalid peer certificate: Other(OtherError(UnsupportedCertVersion))", /malformed/],
  ["invalid peer certificate: BadSignature", /signature is invalid/],
  ["invalid peer certificate: Revoked", /revoked/],
  ["invalid peer certificate: SomethingNew", /^the certificate is invalid$/],
  ["received corrupt message of type InvalidContentType", /no TLS on this port/],
  ["received fatal alert: CertificateRequired", /client certificate/],
  ["received fatal alert: ProtocolVersion", /neither TLS 1.2 nor/],
  ["peer is incompatible: ServerTlsVersionIsDisabledByOurConfig", /neither TLS 1.2 nor/],
  ["received fatal alert: HandshakeFailure", /cipher suite/],
  ["received fatal alert: UnrecognisedName", /no certificate for this name/],
  ["received fatal alert: InternalError", /ended the TLS handshake: internalerror/],
  ["tls handshake eof", /closed the connection in the TLS handshake/],
];

Deno.test("M7: toTransportError() describes each TLS failure and its fix, without the requested name", () => {
  for (const [said, detail] of HEARD) {
    const cause = new Error(
      `error sending request for url (https://secret.example/key): client error (Connect): ${said}`,
    );
    const error = toTransportError(new TypeError("fetch failed", { cause }), { aborted: false, viaProxy: false });
    assert.equal(error.reason, "tls", said);
    assert.match(error.message, detail, said);
    assert.ok(!error.message.includes("secret"), error.message);
  }
  const details = HEARD.map(([, detail]) => detail.source);
  assert.ok(new Set(details).size > 14);
});
