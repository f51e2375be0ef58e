import type { Clock } from "../util/clock.ts";
import { ADDRESS_GUARD } from "./address_guard.ts";
import { startDeadline } from "./deadline.ts";
import { isProxied } from "./proxies.ts";
import { readBodyLimited, type ResponseBody } from "./response.ts";
import { toTransportError } from "./transport_error.ts";
import { VERSION } from "../version.ts";

/** A URL with its credentials: it prints as a name, and only {@linkcode request} and the like reveal it. */
export interface SecretUrl {
  readonly name: string;
  reveal(): {
    readonly href: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
}

/** What {@linkcode request} takes. */
export interface RequestOptions {
  /** @default "GET" */
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly clock: Clock;
  /** For connecting, headers and body together, in milliseconds. */
  readonly timeout: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
  /** Its connections and trusted certificates. @default that of the runtime */
  readonly client?: Deno.HttpClient;
  /** How much of the body to read, by status. */
  readonly maxBytes: (status: number) => number;
}

/** A response, whatever its status. */
export interface HttpResponse extends ResponseBody {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * Sends one request and reads the response. Redirects are not followed.
 *
 * @throws {TransportError} if there is no complete response, or the address is denied
 */
export async function request(url: SecretUrl, options: RequestOptions): Promise<HttpResponse> {
  const { method = "GET", body = null, clock, timeout, maxBytes } = options;
  const { href } = url.reveal();
  using deadline = startDeadline(clock, timeout, options.signal);
  const { signal } = deadline;
  try {
    const { client } = options;
    const init = { method, headers: headersFor(url, options.headers), body, signal };
    const response = await fetchGuarded(href, client === undefined ? init : { ...init, client });
    const { status, headers } = response;
    return { status, headers, ...await readBodyLimited(response, maxBytes(status)) };
  } catch (error) {
    throw toTransportError(error, { aborted: signal.aborted, viaProxy: isProxied(href) });
  }
}

/** Joins the headers of a request, with the `User-Agent`, and those of the URL, which take precedence. */
export function headersFor(url: SecretUrl, own: Readonly<Record<string, string>>): Headers {
  const headers = new Headers({ "user-agent": `wallet-balance-exporter/${VERSION}`, ...own });
  for (const [name, value] of url.reveal().headers) headers.set(name, value);
  return headers;
}

/**
 * Calls `fetch` once the address is known to be allowed; a redirect is returned, not followed.
 *
 * @throws {TransportError} if the address is denied or cannot be resolved
 */
export async function fetchGuarded(
  href: string,
  init: RequestInit & { readonly signal: AbortSignal; readonly client?: Deno.HttpClient },
): Promise<Response> {
  await ADDRESS_GUARD.check(href, init.signal);
  return await fetch(href, { ...init, redirect: "manual" });
}
