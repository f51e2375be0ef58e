import { request, type SecretUrl } from "../http/request.ts";
import { TransportError } from "../http/transport_error.ts";
import type { Clock } from "../util/clock.ts";
import { cleanForeign } from "../util/redact.ts";
import type { Rejection } from "./deliver.ts";

/** How an Alertmanager is reached. */
export interface Destination {
  /** Of its API, with credentials. */
  readonly url: SecretUrl;
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly caCerts: readonly string[];
}

const TIMEOUT_MS = 10_000;

/** Some alert is invalid, or the request is too large for a proxy: others may be accepted. */
const OF_BATCH: ReadonlySet<number> = new Set([400, 413]);

const MAX_ERROR_BYTES = 4096;
const MAX_ERROR_LENGTH = 300;

/**
 * Posts alerts to the API of an Alertmanager. Each request has a connection of its own: they are a minute apart.
 *
 * @returns undefined if they were accepted
 */
export async function postToApi(
  { url, caCerts }: Destination,
  body: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Rejection | undefined> {
  using client = Deno.createHttpClient({ http2: false, caCerts: [...caCerts] });
  try {
    const { status, bytes, headers } = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      client,
      clock,
      timeout: TIMEOUT_MS,
      signal,
      maxBytes: (status) => status >= 200 && status < 300 ? 0 : MAX_ERROR_BYTES,
    });
    if (status >= 200 && status < 300) {
      // Of a login page, or of a server that has one page for every path.
      const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
      const error = "the response is a page for people; check the URL, with the prefix of its paths if it has one";
      return isPage ? { message: "Alertmanager refuses the alerts", error, isOfBatch: false } : undefined;
    }
    const words = cleanForeign(new TextDecoder().decode(bytes), MAX_ERROR_LENGTH);
    const error = `HTTP ${status}${words === "" ? "" : `: ${words}`}${adviceOn(status)}`;
    return { message: "Alertmanager refuses the alerts", error, isOfBatch: OF_BATCH.has(status) };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return { message: "Alertmanager cannot be reached", error: error.message, isOfBatch: false };
  }
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) return "; check the credentials of --alertmanager.http-config";
  if (status >= 300 && status < 400) return "; redirects are not followed: use the URL it redirects to";
  return status === 404 || status === 405 ? "; check the URL, with the prefix of its paths if it has one" : "";
}
