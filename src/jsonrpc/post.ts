import type { Deadline } from "../http/deadline.ts";
import { isProxied } from "../http/proxies.ts";
import { fetchGuarded } from "../http/request.ts";
import { parseRetryAfter, readBodyLimited, type ResponseBody, unknownEncoding } from "../http/response.ts";
import { toTransportError } from "../http/transport_error.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";

/** The response to a request, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** After decompression. */
  readonly receivedBytes: number;
  /** A `Content-Encoding` that was not requested: the body is read as it is, and may be readable all the same. */
  readonly encoding?: string | undefined;
  /** The `Retry-After`, in milliseconds. */
  readonly retryAfter: number | undefined;
}

/** Enough of an error page to recognize it. */
const MAX_ERROR_BYTES = 16 * 1024;

/**
 * Sends one request and reads the response; follows redirects on the endpoint's own host.
 *
 * @param body JSON
 * @param maxBytes of a 2xx body, after decompression
 * @param deadline covers redirects, connecting, headers and body
 * @throws {RpcError} if there is no complete response
 */
export async function post(endpoint: Endpoint, body: string, maxBytes: number, deadline: Deadline): Promise<Answer> {
  const { signal } = deadline;
  // The runtime does not say whether it has a connection; without an earlier one, that is the likelier failure.
  let onTimeout = `no ${endpoint.isConnected ? "" : "connection or no "}response within --rpc.timeout`;
  try {
    const response = await send(endpoint, body, signal);
    onTimeout = "no complete response within --rpc.timeout";
    endpoint.isConnected = true;
    const { status, ok, headers } = response;
    const retryAfter = parseRetryAfter(headers.get("retry-after"), endpoint.clock.epoch());
    if (!ok) endpoint.route.reset();
    const { bytes, complete } = ok
      ? await readBodyLimited(response, maxBytes)
      : await readErrorBody(response, maxBytes);
    if (ok && !complete) throw new RpcError("too_large", `more than the expected ${maxBytes} bytes`);
    const text = new TextDecoder().decode(bytes);
    return { status, text, receivedBytes: bytes.length, encoding: unknownEncoding(response), retryAfter };
  } catch (error) {
    endpoint.route.reset();
    endpoint.isConnected = false;
    if (error instanceof RpcError) throw error;
    const viaProxy = isProxied(endpoint.route.href);
    const { reason, message } = toTransportError(error, { aborted: signal.aborted, viaProxy, onTimeout });
    throw new RpcError(reason, message);
  }
}

/** Sends a request; each redirect is one more. */
async function send(endpoint: Endpoint, body: string, signal: AbortSignal): Promise<Response> {
  const { headers, client, clock, route, meter } = endpoint;
  let started = clock.now();
  return await route.follow(
    (href) => fetchGuarded(href, { method: "POST", headers, body, client, signal }),
    () => {
      const now = clock.now();
      const seconds = (now - started) / 1000;
      started = now;
      // The calls are counted with the request that is answered.
      meter.recordRequest({ calls: new Map(), sentBytes: body.length, receivedBytes: 0, seconds, reasons: new Set() });
    },
  );
}

/** Some servers send all results with an error status. Without a readable body the status has to do. */
async function readErrorBody(response: Response, maxBytes: number): Promise<ResponseBody> {
  try {
    return await readBodyLimited(response, Math.max(MAX_ERROR_BYTES, maxBytes));
  } catch {
    return { bytes: new Uint8Array(), complete: false };
  }
}
