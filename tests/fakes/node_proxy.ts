import { type FakeNode, type Item, startFakeNode } from "./fake_node.ts";

/** A node in front of another one. */
export interface NodeProxy extends FakeNode {
  /** Changes a call on its way to the node; an error that it throws is the node's. */
  change: (item: Item) => Item;
  /** Changes a result on its way back. */
  changeResult: (result: unknown, item: Item) => unknown;
}

/** Starts a node that passes on what another one answers. */
export function startNodeProxy(url: string): NodeProxy {
  const node = startFakeNode({
    async instead({ items, isBatch }): Promise<Response> {
      const replies = await Promise.all(items.map(pass));
      return Response.json(isBatch ? replies : replies[0]);
    },
  });
  const proxy: NodeProxy = { ...node, change: (item) => item, changeResult: (result) => result };
  async function pass(item: Item): Promise<unknown> {
    try {
      const body = JSON.stringify({ jsonrpc: "2.0", ...proxy.change(item) });
      const headers = { "content-type": "application/json" };
      const reply = await (await fetch(url, { method: "POST", headers, body })).json();
      return "result" in reply ? { ...reply, result: proxy.changeResult(reply.result, item) } : reply;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { jsonrpc: "2.0", id: item.id, error: { code: -32000, message: error.message } };
    }
  }
  return proxy;
}

/** The gas of a call. */
export function gasOf({ method, params }: Item): number {
  if (method !== "eth_call") return 0;
  const [{ gas = "0x0" }] = params as readonly [{ readonly gas?: string }];
  return Number(gas);
}
