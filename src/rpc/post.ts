import { ADDRESS_GUARD } from "./address_guard.ts";
import type { Deadline } from "./deadline.ts";
import { classifyTransport } from "./classify_transport.ts";
import type { Endpoint } from "./endpoint.ts";
import { readRetryAfter } from "./retry_after.ts";
import { type Body, readUpTo } from "./read_up_to.ts";
import { RpcError } from "./rpc_error.ts";

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
 * Sends one request. Never follows a redirect; reads no more than asked for.
 *
 * @param endpoint where to
 * @param body JSON
 * @param mostBytes the most bytes of a 2xx body that make sense, after decompression
 * @param deadline covers connecting, headers and body
 * @throws {RpcError} when there is no complete answer
 */
export async function post(
  endpoint: Endpoint,
  body: string,
  mostBytes: number,
  deadline: Deadline,
): Promise<Answer> {
  const { href, headers, client } = endpoint;
  const { signal } = deadline;
  try {
    await ADDRESS_GUARD.check(href, signal);
    const response = await fetch(href, {
      method: "POST",
      headers,
      body,
      client,
      signal,
      redirect: "manual",
    });
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), endpoint.clock.epoch());
    const { status } = response;
    const encoding = unknownEncoding(response);
    if (!response.ok) {
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
    throw classifyTransport(error, { aborted: signal.aborted, viaProxy: endpoint.viaProxy });
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
const ENCODINGS = /^(gzip|br|identity)?$/i;

/** An encoding that the runtime does not decode: gzip by another name, or none at all, such as `utf-8`. */
function unknownEncoding({ headers }: Response): string | undefined {
  const encoding = headers.get("content-encoding") ?? "";
  return ENCODINGS.test(encoding) ? undefined : encoding;
}
