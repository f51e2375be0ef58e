/** An HTTP answer that does not depend on what was asked. */
export interface Canned {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** A page as proxies and load balancers show it. */
export const HTML = "<html><head><title>Oh</title></head><body><center><h1>nginx</h1></center></body></html>";

/** An answer with an HTML page. */
export function html(status: number): Canned {
  return { status, headers: { "content-type": "text/html" }, body: HTML };
}

/** An answer with JSON. */
export function json(status: number, value: unknown): Canned {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** An answer with plain text. */
export function plain(status: number, body: string): Canned {
  return { status, headers: { "content-type": "text/plain" }, body };
}

/** One JSON-RPC error that names no call. */
export function rpcError(status: number, code: number, message: string): Canned {
  return json(status, { jsonrpc: "2.0", id: null, error: { code, message } });
}

/** A redirect, with a body for those who do not follow. */
export function redirect(status: number, location: string): Canned {
  return { status, headers: { location, "content-type": "text/html" }, body: HTML };
}

/** An answer whose body is compressed. */
export async function gzip(body: Uint8Array<ArrayBuffer>): Promise<Canned> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return { status: 200, headers: { "content-type": "application/json", "content-encoding": "gzip" }, body: bytes };
}

/** Makes a response of it. */
export function responseOf({ status, headers = {}, body }: Canned): Response {
  const empty = [101, 204, 205, 304].includes(status);
  return new Response(empty ? null : body ?? "", { status, headers });
}
