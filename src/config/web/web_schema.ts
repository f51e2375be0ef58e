/**
 * The shapes of a web configuration. Each message completes "Must be …".
 *
 * @module
 */

import * as v from "valibot";

const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-2])\$[./A-Za-z0-9]{53}$/;
const HASH = "a bcrypt hash with a cost from 4 to 12, as htpasswd -nBC 10 prints after the colon";
const FILE = "the path of a file";
const PEM = "a string in PEM";

/** What `http_server_config.headers` may set: those that the toolkit knows. */
const HEADERS = [
  "Content-Security-Policy",
  "Strict-Transport-Security",
  "X-Content-Type-Options",
  "X-Frame-Options",
  "X-XSS-Protection",
] as const;
const HEADER_VALUE = "Latin letters, digits and punctuation on one line";
const headerValue = v.pipe(v.string(HEADER_VALUE), v.regex(/^[\u0020-\u007e]*$/, HEADER_VALUE));

/** The whole, without the content of its sections. */
export const webShape = v.strictObject({
  tls_server_config: v.optional(v.unknown()),
  http_server_config: v.optional(v.unknown()),
  basic_auth_users: v.optional(
    v.record(
      v.pipe(v.string("a user"), v.regex(/^[^:]+$/, "a user without a colon")),
      v.pipe(v.string(HASH), v.regex(BCRYPT, HASH)),
    ),
  ),
});

/** Where the certificate is. */
export const tlsShape = v.strictObject({
  cert_file: v.optional(v.string(FILE)),
  key_file: v.optional(v.string(FILE)),
  cert: v.optional(v.string(PEM)),
  key: v.optional(v.string(PEM)),
  client_auth_type: v.optional(v.string("NoClientCert")),
  min_version: v.optional(v.string("TLS12")),
  max_version: v.optional(v.string("TLS13")),
});

/** What is sent with every answer. */
export const httpShape = v.strictObject({
  http2: v.optional(v.boolean("true or false")),
  headers: v.optional(v.strictObject(v.entriesFromList(HEADERS, v.optional(headerValue)))),
});

const CLIENTS = "Client certificates are not supported by the runtime: put a proxy in front of the exporter";
const CIPHERS = "Cipher suites and curves are chosen by the runtime";

const VERSIONS = "TLS 1.2 and 1.3 are always offered";

/** Keys of the toolkit that are not supported, with the reason and the only value that is. */
const UNSUPPORTED: readonly (readonly [key: string, why: string, supported?: unknown])[] = [
  ["tls_server_config.client_ca_file", CLIENTS],
  ["tls_server_config.client_ca", CLIENTS],
  ["tls_server_config.client_allowed_sans", CLIENTS],
  ["tls_server_config.client_auth_type", CLIENTS, "NoClientCert"],
  ["tls_server_config.cipher_suites", CIPHERS],
  ["tls_server_config.prefer_server_cipher_suites", CIPHERS],
  ["tls_server_config.curve_preferences", CIPHERS],
  ["tls_server_config.min_version", VERSIONS, "TLS12"],
  ["tls_server_config.max_version", VERSIONS, "TLS13"],
  ["http_server_config.http2", "HTTP/2 cannot be disabled", true],
  ["rate_limit", "Rate limits are not supported; --web.max-requests limits concurrent requests"],
];

/** Why a value is not supported; undefined if it is. */
export function whyUnsupported(key: string, value: unknown): string | undefined {
  const [, why, supported] = UNSUPPORTED.find(([each]) => each === key) ?? [];
  return value === supported ? undefined : why;
}
