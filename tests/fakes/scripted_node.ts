import { type Item, type SeenRequest, startLocalNode } from "./fake_node.ts";

export type ScriptedCall = Pick<Item, "method" | "params">;
export type ScriptedRequest = SeenRequest;

export interface ScriptedNode extends Disposable {
  readonly requests: readonly (readonly Item[])[];
}

export function scriptedNode(answer: (call: Item, request: SeenRequest) => unknown): ScriptedNode {
  const node = startLocalNode({ answer });
  return {
    get requests() {
      return node.seen.map(({ items }) => items);
    },
    [Symbol.dispose]: () => node[Symbol.dispose](),
  };
}
