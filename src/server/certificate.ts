import { EXIT, ExitError } from "../util/errors.ts";

/** A certificate chain and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Checks that a certificate and its key can be used, by listening with them for a moment.
 *
 * @throws {ExitError} when not
 */
export function checkCertificate(certificate: Certificate | undefined): void {
  if (certificate === undefined) return;
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...certificate }).close();
  } catch (error) {
    const mismatch = error instanceof Error && error.message.includes("KeyMismatch");
    if (!mismatch && !(error instanceof Deno.errors.InvalidData)) throw error;
    const why = mismatch ? "the key is not that of the certificate" : "it is no PEM, or of a kind that is not known";
    throw new ExitError(EXIT.refused, `The TLS certificate cannot be used: ${why}`, "Check both with openssl");
  }
}
