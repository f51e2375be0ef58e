import { request } from "../../http/request.ts";
import { decodeUtf8 } from "../../util/encodings.ts";
import { TransportError } from "../../http/transport_error.ts";
import type { Clock } from "../../util/clock.ts";
import type { RemoteList } from "../model/config.ts";
import { MAX_LIST_BYTES } from "./list_entries.ts";

/** The response of a list's server. */
export type Fetched =
  | { readonly body: Uint8Array; readonly tag: string | undefined }
  /** Not modified. */
  | "same"
  /** Why there is none, for the log. */
  | { readonly why: string };

/** A start waits no longer for a list, in milliseconds. */
const MAX_FETCH_MS = 10_000;

/**
 * Fetches a list of wallets.
 *
 * @param tag the `ETag` of the known one
 */
export async function fetchList(
  { url }: RemoteList,
  tag: string | undefined,
  clock: Clock,
  stop?: AbortSignal,
): Promise<Fetched> {
  const headers = { accept: "application/json, text/csv, text/plain" };
  try {
    const { status, headers: received, bytes, complete } = await request(url, {
      headers: tag === undefined ? headers : { ...headers, "if-none-match": tag },
      clock,
      timeout: MAX_FETCH_MS,
      signal: stop,
      maxBytes: (status) => status === 200 ? MAX_LIST_BYTES : 0,
    });
    if (status === 304 && tag !== undefined) return "same";
    if (status !== 200) return { why: `the server returned HTTP ${status}${adviceOn(status)}` };
    if (!complete) return { why: `it is larger than ${MAX_LIST_BYTES} bytes` };
    // Kept as bytes, outside the heap: many lists may be fetched at once.
    if (decodeUtf8(bytes) === undefined) return { why: "it is not valid UTF-8" };
    return { body: bytes, tag: received.get("etag") ?? undefined };
  } catch (error) {
    if (error instanceof TransportError) return { why: error.message };
    throw error;
  }
}

function adviceOn(status: number): string {
  if (status >= 300 && status < 400) return ": redirects are not followed";
  return status === 401 || status === 403 ? ": credentials are missing or wrong" : "";
}
