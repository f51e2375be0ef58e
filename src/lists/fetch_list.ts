import type { Clock } from "../clock.ts";
import type { RemoteList } from "../config/config.ts";
import { LARGEST_LIST } from "../config/wallet_list/list_error.ts";
import { ADDRESS_GUARD } from "../rpc/address_guard.ts";
import { classifyTransport } from "../rpc/classify_transport.ts";
import { startDeadline } from "../rpc/deadline.ts";
import { readUpTo } from "../rpc/read_up_to.ts";
import { RpcError } from "../rpc/rpc_error.ts";

/** What a list's server answered. */
export type Fetched =
  | { readonly body: Uint8Array; readonly tag: string | undefined }
  /** It is the one that was known. */
  | "same"
  /** Why there is none; completes "The list of … cannot be had: …". */
  | { readonly why: string };

/** Nobody waits longer for a list, in milliseconds. */
const PATIENCE = 10_000;

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
  using deadline = startDeadline(clock, PATIENCE, stop);
  const { signal } = deadline;
  try {
    await ADDRESS_GUARD.check(href, signal);
    const response = await fetch(href, { headers, signal, redirect: "manual" });
    const { status } = response;
    if (status !== 200) {
      await response.body?.cancel();
      return status === 304 && tag !== undefined ? "same" : { why: whyNot(status) };
    }
    const { text, complete } = await readUpTo(response, LARGEST_LIST);
    if (text.includes("\uFFFD")) return { why: "it is not UTF-8 text" };
    if (!complete) return { why: `it is larger than ${LARGEST_LIST} bytes` };
    return { body: new TextEncoder().encode(text), tag: response.headers.get("etag") ?? undefined };
  } catch (error) {
    const failure = classifyTransport(error, { aborted: signal.aborted, viaProxy: false });
    if (!(failure instanceof RpcError)) throw error;
    return { why: failure.message };
  }
}

function whyNot(status: number): string {
  if (status >= 300 && status < 400) return `its server answers ${status} and points elsewhere, which is not followed`;
  if (status === 401 || status === 403) return `its server answers ${status}: credentials are missing or wrong`;
  return `its server answers ${status}`;
}
