/** One call of a request. */
export interface ScriptedCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node within the process, in place of `fetch` until disposed: no connection is opened. */
export interface ScriptedNode extends Disposable {
  /** The calls of each request so far, as `method` and its parameters. */
  readonly requests: readonly (readonly ScriptedCall[])[];
}

/**
 * Makes a node that answers as it is told.
 *
 * @param answer gives the result of a call; an `Error` that it throws becomes the call's error, a `Response` the answer
 * to the whole request
 */
export function scriptedNode(answer: (call: ScriptedCall) => unknown): ScriptedNode {
  const original = globalThis.fetch;
  const requests: (readonly ScriptedCall[])[] = [];
  const reply = ({ id, method, params }: ScriptedCall & { readonly id: number }): unknown => {
    try {
      return { jsonrpc: "2.0", id, result: answer({ method, params }) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { jsonrpc: "2.0", id, error: { code: -32000, message: error.message } };
    }
  };
  const respond = (_: unknown, init?: RequestInit): Response => {
    const body = JSON.parse(String(init?.body));
    const items = Array.isArray(body) ? body : [body];
    requests.push(items.map(({ method, params }) => ({ method, params })));
    try {
      const replies = items.map(reply);
      return Response.json(Array.isArray(body) ? replies : replies[0]);
    } catch (thrown) {
      if (thrown instanceof Response) return thrown;
      throw thrown;
    }
  };
  globalThis.fetch = (url, init) => Promise.resolve(respond(url, init));
  return { requests, [Symbol.dispose]: () => void (globalThis.fetch = original) };
}
