/** One call of a request. */
export interface ScriptedCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** The request that a call came in. */
export interface ScriptedRequest {
  /** Of the endpoint. */
  readonly port: number;
  readonly isBatch: boolean;
  /** Aborts when the request is given up. */
  readonly signal: AbortSignal;
}

/** A node within the process, in place of `fetch` until disposed: no connection is opened. */
export interface ScriptedNode extends Disposable {
  /** The calls of each request so far, as `method` and its parameters. */
  readonly requests: readonly (readonly ScriptedCall[])[];
}

/**
 * Makes a node that answers as a test says; one for all endpoints.
 *
 * @param answer returns the result of a call; an `Error` that it throws becomes the call's error, a `Response` or a
 * promise of one the answer to the whole request
 */
export function scriptedNode(answer: (call: ScriptedCall, request: ScriptedRequest) => unknown): ScriptedNode {
  const original = globalThis.fetch;
  const requests: (readonly ScriptedCall[])[] = [];
  const reply = ({ id, method, params }: ScriptedCall & { readonly id: number }, request: ScriptedRequest): unknown => {
    try {
      return { jsonrpc: "2.0", id, result: answer({ method, params }, request) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { jsonrpc: "2.0", id, error: { code: -32000, message: error.message } };
    }
  };
  const respond = (url: unknown, init?: RequestInit): Response | Promise<Response> => {
    const body = JSON.parse(String(init?.body));
    const items = Array.isArray(body) ? body : [body];
    const request = {
      port: Number(new URL(String(url)).port),
      isBatch: Array.isArray(body),
      signal: init?.signal ?? new AbortController().signal,
    };
    requests.push(items.map(({ method, params }) => ({ method, params })));
    try {
      const replies = items.map((item) => reply(item, request));
      return Response.json(Array.isArray(body) ? replies : replies[0]);
    } catch (thrown) {
      if (thrown instanceof Response || thrown instanceof Promise) return thrown;
      throw thrown;
    }
  };
  globalThis.fetch = (url, init) => Promise.resolve(respond(url, init));
  return { requests, [Symbol.dispose]: () => void (globalThis.fetch = original) };
}
