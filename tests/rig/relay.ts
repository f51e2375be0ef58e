import { serveConnections } from "./serve_connections.ts";

/** Makes what is sent out of what the node answered, both as text, and the request that it answered. */
export type Reshape = (answer: string, request: string) => Response;

/** A server between the exporter and a node, for answers that have to be changed byte by byte. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** The bodies of the requests, in their order. */
  readonly heard: string[];
  /** What it does from now on. */
  reshape: Reshape;
}

/** An answer as the node gave it. */
export function untouched(answer: string): Response {
  return new Response(answer, { headers: { "content-type": "application/json" } });
}

/**
 * Starts a relay on a free port of 127.0.0.1; at first it passes everything on.
 *
 * @param node the URL of the real node
 */
export function startRelay(node: string): Relay {
  const heard: string[] = [];
  const { port, stop } = serveConnections(async ({ body }, connection) => {
    heard.push(body);
    const answer = await fetch(node, { method: "POST", headers: { "content-type": "application/json" }, body });
    await connection.answer(relay.reshape(await answer.text(), body));
  }, () => Promise.resolve(false));
  const relay: Relay = {
    url: `http://127.0.0.1:${port}/`,
    heard,
    reshape: untouched,
    [Symbol.asyncDispose]: stop,
  };
  return relay;
}
