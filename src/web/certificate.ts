import { EXIT, ExitError } from "../errors.ts";

/** A certificate chain and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Opens a listener on a free port of the loopback that speaks TLS 1.2 and 1.3, for HTTP/2 and HTTP/1.1.
 *
 * @throws {ExitError} when the certificate cannot be used
 */
export function listenTls({ cert, key }: Certificate): Deno.TlsListener {
  try {
    return Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols: ["h2", "http/1.1"] });
  } catch (error) {
    const mismatch = error instanceof Error && error.message.includes("KeyMismatch");
    if (!mismatch && !(error instanceof Deno.errors.InvalidData)) throw error;
    const why = mismatch ? "the key is not that of the certificate" : "it is no PEM, or of a kind that is not known";
    throw new ExitError(EXIT.refused, `The TLS certificate cannot be used: ${why}`, "Check both with openssl");
  }
}

/**
 * Checks that a certificate and its key can be used.
 *
 * @throws {ExitError} when not
 */
export function checkCertificate(certificate: Certificate | undefined): void {
  if (certificate !== undefined) listenTls(certificate).close();
}
