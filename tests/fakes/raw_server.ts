import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** A request as it arrived: the target as typed, the body whole. */
export interface RawRequest {
  readonly target: string;
  readonly body: string;
}

/** An answer that can be sent. */
export interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** An answer, or what to do instead: shut the connection, or never answer. */
export type RawReply = RawAnswer | "close" | "hang";

/** A running server on 127.0.0.1. */
export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** Cuts every connection and returns when nothing is under way any more. */
  readonly stop: () => Promise<void>;
}

/**
 * Serves HTTP on a free port of 127.0.0.1. Unlike `Deno.serve` it shows the
 * target of a proxy request whole and can shut a connection unanswered.
 *
 * @param answer tells the reply to a request; if it throws, the reply is 500
 */
export async function serveRaw(
  answer: (request: RawRequest) => Promise<RawReply>,
): Promise<RawServer> {
  const running = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const job = respond(request, response, answer);
    running.add(job);
    job.finally(() => running.delete(job));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new TypeError("Cannot serve: the server has no port");
  }
  async function stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeAllConnections();
    await closed;
    await Promise.allSettled(running);
  }
  return { port: address.port, stop, [Symbol.asyncDispose]: stop };
}

/** Sends a JSON-RPC body to a node and gives back its answer as it is. */
export async function forward(node: string, body: string): Promise<RawAnswer> {
  const response = await fetch(node, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const type = response.headers.get("content-type") ?? "application/json";
  return { status: response.status, type, body: await response.text() };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: RawRequest) => Promise<RawReply>,
): Promise<void> {
  let reply: RawReply;
  try {
    const body = await text(request);
    reply = await answer({ target: request.url ?? "", body });
  } catch (error) {
    reply = { status: 500, type: "text/plain", body: String(error) };
  }
  if (reply === "hang") return;
  if (reply === "close") {
    request.socket.destroy();
    return;
  }
  response.writeHead(reply.status, { "content-type": reply.type });
  response.end(reply.body);
}
