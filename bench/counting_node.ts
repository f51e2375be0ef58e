/** A node that answers at once and counts what it is asked. */
export interface CountingNode extends AsyncDisposable {
  readonly url: string;
  requests: number;
}

interface Item {
  readonly id: number;
  readonly method: string;
}

const RESULTS: Readonly<Record<string, unknown>> = {
  eth_chainId: "0x1",
  eth_getBlockByNumber: { number: "0x1312d00", timestamp: "0x6553f100" },
  eth_getBalance: "0x1bc16d674ec80000",
};

/** Starts a {@linkcode CountingNode} on this machine. */
export function startCountingNode(): CountingNode {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    node.requests++;
    const body: Item | readonly Item[] = await request.json();
    const answer = ({ id, method }: Item): unknown => ({ jsonrpc: "2.0", id, result: RESULTS[method] });
    return Response.json(body instanceof Array ? body.map(answer) : answer(body));
  });
  const node: CountingNode = {
    url: `http://127.0.0.1:${server.addr.port}/`,
    requests: 0,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return node;
}
