/** A server before a node that refuses some requests. */
export interface PickyFront extends AsyncDisposable {
  readonly url: string;
  /** The bodies that came by. */
  readonly seen: string[];
  /** What it answers in place of the node; nothing where the node is asked. */
  refuse: (body: string) => unknown;
}

/**
 * Starts a picky front.
 *
 * @param node the node's URL
 * @param refuse see {@linkcode PickyFront.refuse}; the error object of a JSON-RPC answer
 */
export function startPickyFront(node: string, refuse: PickyFront["refuse"] = () => undefined): PickyFront {
  const seen: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const body = await request.text();
    seen.push(body);
    const error = front.refuse(body);
    if (error === undefined) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(node, { method: "POST", headers, body });
      return new Response(await response.text(), { headers });
    }
    const items = JSON.parse(body);
    const replies = [items].flat().map(({ id }: { id: unknown }) => ({ jsonrpc: "2.0", id, error }));
    return Response.json(Array.isArray(items) ? replies : replies[0]);
  });
  const front: PickyFront = {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    refuse,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return front;
}

/** How the call data of the two loops begin: by where they are put. */
export const COIN_LOOP = new TextEncoder().encode("wallet-balance-loop!").toHex();
export const TOKEN_LOOP = new TextEncoder().encode("wallet-balance-token").toHex();
