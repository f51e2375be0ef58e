import { EXIT, ExitError } from "../util/errors.ts";
import { cleanForeign } from "../util/redact.ts";

/**
 * Looks at the certificate authorities that the environment names, which the
 * runtime reads only with the first request.
 *
 * @throws {ExitError} when they cannot be used
 */
export function checkAuthorities(): void {
  try {
    Deno.createHttpClient({}).close();
  } catch (error) {
    const why = error instanceof Error ? cleanForeign(error.message) : "unknown";
    const message = `The certificate authorities of DENO_CERT or DENO_TLS_CA_STORE cannot be used: ${why}`;
    throw new ExitError(EXIT.refused, message, "Name a PEM file that this user can read, or none");
  }
}
