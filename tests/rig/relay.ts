import { forward, http, startTcpServer } from "../fakes/tcp_server.ts";

/** Makes what is sent out of what the node answered, both as text, and the request that it answered. */
export type Reshape = (answer: string, request: string) => Response;

/** A server between the exporter and a node, for answers that a test makes by a function of its own. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** The bodies of the requests, in their order. */
  readonly seen: string[];
  /** What it does from now on with answers of the node. */
  reshape: Reshape;
  /** The error with which it answers the calls of a request in place of the node. */
  refuse: (request: string) => unknown;
}

/** An answer as the node gave it. */
export function untouched(answer: string): Response {
  return new Response(answer, { headers: { "content-type": "application/json" } });
}

/**
 * Starts a relay on a free port of 127.0.0.1; at first it passes on whatever it does not refuse.
 *
 * @param node the URL of the real node
 * @param refuse see {@linkcode Relay.refuse}
 */
export function startRelay(node: string, refuse: Relay["refuse"] = () => undefined): Relay {
  const seen: string[] = [];
  const server = startTcpServer(http(async ({ body }) => {
    seen.push(body);
    const error = relay.refuse(body);
    if (error === undefined) return relay.reshape(await (await forward(node, body)).text(), body);
    const request: { readonly id: number } | readonly { readonly id: number }[] = JSON.parse(body);
    const replies = [request].flat().map(({ id }) => ({ jsonrpc: "2.0", id, error }));
    return Response.json(Array.isArray(request) ? replies : replies[0]);
  }));
  const relay: Relay = {
    url: server.url,
    seen,
    reshape: untouched,
    refuse,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return relay;
}
