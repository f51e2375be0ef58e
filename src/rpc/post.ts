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
    const response = await fetch(href, {
      method: "POST",
      headers,
      body,
      client,
      signal,
      redirect: "manual",
    });
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), endpoint.clock.epoch());
    if (!response.ok) {
      const { text, bytes } = await readRefusal(response);
      return { status: response.status, text, receivedBytes: bytes, retryAfter };
    }
    await checkEncoding(response);
    const { text, bytes, complete } = await readUpTo(response, mostBytes);
    if (!complete) {
      throw new RpcError(
        "too_large",
        `more than the ${mostBytes} bytes that were to be expected`,
      );
    }
    return { status: response.status, text, receivedBytes: bytes, retryAfter };
  } catch (error) {
    throw classifyTransport(error, { aborted: signal.aborted, viaProxy: endpoint.viaProxy });
  }
}

/** Cut, not refused: its beginning says enough. The status tells the most: where the body never comes, that is all. */
async function readRefusal(response: Response): Promise<Pick<Body, "text" | "bytes">> {
  try {
    return await readUpTo(response, ERROR_BODY_BYTES);
  } catch {
    return { text: "", bytes: 0 };
  }
}

/** Those that the runtime asks for and decodes; any other is passed on as it is. */
const ENCODINGS = /^(gzip|br|identity)?$/i;

async function checkEncoding({ headers, body }: Response): Promise<void> {
  if (ENCODINGS.test(headers.get("content-encoding") ?? "")) return;
  await body?.cancel();
  throw new RpcError("protocol", "an encoding that nobody asked for");
}
