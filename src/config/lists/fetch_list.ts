import type { Clock } from "../../util/clock.ts";
import type { RemoteList } from "../model/config.ts";
import { MAX_LIST_BYTES } from "./list_entries.ts";
import { ADDRESS_GUARD } from "../../jsonrpc/address_guard.ts";
import { classifyTransport } from "../../jsonrpc/classify_transport.ts";
import { startDeadline } from "../../http/deadline.ts";
import { RpcError } from "../../jsonrpc/errors.ts";

/** What a list's server answered. */
export type Fetched =
  | { readonly body: Uint8Array; readonly tag: string | undefined }
  /** It is the one that was known. */
  | "same"
  /** Why there is none; completes "The list of … cannot be had: …". */
  | { readonly why: string };

/** Nobody waits longer for a list, in milliseconds. */
const MAX_FETCH_MS = 10_000;

/**
 * Asks for a list of wallets.
 *
 * @param list which
 * @param tag the `ETag` of the one that is known
 * @param clock times the request
 * @param userAgent the `User-Agent` header
 * @param stop ends the waiting
 */
export async function fetchList(
  { url }: RemoteList,
  tag: string | undefined,
  clock: Clock,
  userAgent: string,
  stop?: AbortSignal,
): Promise<Fetched> {
  const { href, headers: own } = url.reveal();
  const headers = new Headers({ accept: "application/json, text/csv, text/plain", "user-agent": userAgent });
  if (tag !== undefined) headers.set("if-none-match", tag);
  for (const [name, value] of own) headers.set(name, value);
  using deadline = startDeadline(clock, MAX_FETCH_MS, stop);
  const { signal } = deadline;
  try {
    await ADDRESS_GUARD.check(href, signal);
    const response = await fetch(href, { headers, signal, redirect: "manual" });
    const { status } = response;
    if (status !== 200) {
      await response.body?.cancel();
      return status === 304 && tag !== undefined ? "same" : { why: whyNot(status) };
    }
    const body = await readBody(response);
    if (body === undefined) return { why: `it is larger than ${MAX_LIST_BYTES} bytes` };
    if (!isUtf8(body)) return { why: "it is not UTF-8 text" };
    return { body, tag: response.headers.get("etag") ?? undefined };
  } catch (error) {
    const failure = classifyTransport(error, { aborted: signal.aborted, viaProxy: false });
    if (!(failure instanceof RpcError)) throw error;
    return { why: failure.message };
  }
}

/** As bytes, outside the heap: many lists may be on their way at once. `undefined` when it is too large. */
async function readBody({ body }: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_LIST_BYTES) return undefined;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function isUtf8(body: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}

function whyNot(status: number): string {
  if (status >= 300 && status < 400) return `its server answers ${status} and points elsewhere, which is not followed`;
  if (status === 401 || status === 403) return `its server answers ${status}: credentials are missing or wrong`;
  return `its server answers ${status}`;
}
