import { ADDRESS_GUARD } from "./address_guard.ts";
import type { Deadline } from "../http/deadline.ts";
import { classifyTransport, type Progress } from "./classify_transport.ts";
import type { Endpoint } from "./endpoint.ts";
import { readRetryAfter } from "./retry_after.ts";
import { type Body, readUpTo } from "./read_up_to.ts";
import { REDIRECTS } from "./redirect.ts";
import { RpcError } from "./errors.ts";

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly receivedBytes: number;
  /** A `Content-Encoding` that nobody asked for: the body is taken as it is, and some of them mean nothing. */
  readonly encoding?: string | undefined;
  /** How long the endpoint asked to be left alone, in milliseconds. */
  readonly retryAfter: number | undefined;
}

/** An error page needs no more. */
const ERROR_BODY_BYTES = 16 * 1024;

/**
 * Sends one request, and follows redirects on the endpoint's own host; reads no more than asked for.
 *
 * @param endpoint where to
 * @param body JSON
 * @param mostBytes the most bytes of a 2xx body that make sense, after decompression
 * @param deadline covers redirects, connecting, headers and body
 * @throws {RpcError} when there is no complete answer
 */
export async function post(
  endpoint: Endpoint,
  body: string,
  mostBytes: number,
  deadline: Deadline,
): Promise<Answer> {
  const { signal } = deadline;
  let progress: Progress = endpoint.isConnected ? "known connection" : "new connection";
  try {
    const response = await send(endpoint, body, signal);
    progress = "answer begun";
    endpoint.isConnected = true;
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), endpoint.clock.epoch());
    const { status } = response;
    const encoding = unknownEncoding(response);
    if (!response.ok) {
      endpoint.route.failed();
      const { text, bytes } = await readRefusal(response, mostBytes);
      return { status, text, receivedBytes: bytes, encoding, retryAfter };
    }
    const { text, bytes, complete } = await readUpTo(response, mostBytes);
    if (!complete) {
      throw new RpcError(
        "too_large",
        `more than the ${mostBytes} bytes that were to be expected`,
      );
    }
    return { status, text, receivedBytes: bytes, encoding, retryAfter };
  } catch (error) {
    endpoint.route.failed();
    if (!(error instanceof RpcError)) endpoint.isConnected = false;
    throw classifyTransport(error, { aborted: signal.aborted, viaProxy: endpoint.viaProxy, progress });
  }
}

/** Sends a request to where the endpoint is now; each redirect is one more request. */
async function send(endpoint: Endpoint, body: string, signal: AbortSignal): Promise<Response> {
  const { headers, client, clock, route } = endpoint;
  const redirects = route.follow();
  for (let href = route.href;;) {
    const started = clock.now();
    await ADDRESS_GUARD.check(href, signal);
    const response = await fetch(href, { method: "POST", headers, body, client, signal, redirect: "manual" });
    if (!REDIRECTS.has(response.status)) {
      redirects.arrived(href);
      return response;
    }
    await response.body?.cancel();
    href = redirects.next(response.status, response.headers.get("location"), href);
    const seconds = (clock.now() - started) / 1000;
    // Its calls are counted with the request that answers them.
    endpoint.meter.request({ calls: new Map(), sentBytes: body.length, receivedBytes: 0, seconds, reasons: new Set() });
  }
}

/** Cut, not refused: its beginning says enough. The status tells the most: where the body never comes, that is all. */
async function readRefusal(response: Response, mostBytes: number): Promise<Pick<Body, "text" | "bytes">> {
  try {
    // It may hold all answers.
    return await readUpTo(response, Math.max(ERROR_BODY_BYTES, mostBytes));
  } catch {
    return { text: "", bytes: 0 };
  }
}

/** Those that the runtime asks for and decodes; with any other the body comes as it is. */
const ENCODINGS = /^(gzip|br|identity)?$/;

/** An encoding that the runtime does not decode: gzip in another spelling, or none at all, such as `utf-8`. */
function unknownEncoding({ headers }: Response): string | undefined {
  const encoding = headers.get("content-encoding") ?? "";
  return ENCODINGS.test(encoding) ? undefined : encoding;
}
