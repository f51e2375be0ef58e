/** Ways in which a node's answer may give back what it was asked with. */
export const LEAKS = [
  "html",
  "rpc-error",
  "http-400",
  "http-403",
  "http-429",
  "http-500",
  "redirect",
  "value",
  "entities",
  "escapes",
  "percent",
] as const;

/** Ways in which a page, a text of JSON or a URL may write a key. */
export const ENCODINGS = {
  entities: (text: string) => encoded(text, (code) => `&#${code};`),
  escapes: (text: string) => encoded(text, (code) => `\\u${code.toString(16).padStart(4, "0")}`),
  percent: (text: string) => encoded(text, (code) => `%${code.toString(16).padStart(2, "0")}`),
} as const;

function encoded(text: string, encode: (code: number) => string): string {
  return [...text].map((letter) => encode(letter.charCodeAt(0))).join("");
}

/** A node that puts the URL and the credentials of each request into its answers. */
export interface LeakyNode extends AsyncDisposable {
  readonly port: number;
  /** Whether any request carried the secret, in its URL or its credentials. */
  sawSecret(secret: string): boolean;
}

/** Starts a {@linkcode LeakyNode}; it answers as the mark `leak=…` in the query says. */
export function startLeakyNode(): LeakyNode {
  const seen: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const secret = secretsOf(request);
    seen.push(secret);
    return answer(/leak=([\w-]+)/.exec(request.url)?.[1] ?? "", secret);
  });
  return {
    port: server.addr.port,
    sawSecret: (secret) => seen.some((text) => text.includes(secret)),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function secretsOf(request: Request): string {
  const authorization = request.headers.get("authorization") ?? "";
  const plain = authorization.startsWith("Basic ") ? atob(authorization.slice(6)) : "";
  const key = request.headers.get("x-api-key") ?? "";
  return `${request.url} ${decodeURIComponent(request.url)} ${authorization} ${plain} ${key}`;
}

function answer(leak: string, secret: string): Response {
  const error = { jsonrpc: "2.0", id: null, error: { code: -32000, message: `bad key ${secret}`, data: secret } };
  switch (leak) {
    case "html":
      return new Response(`<html>${secret}</html>`, { headers: { "content-type": "text/html" } });
    case "redirect":
      return new Response(null, { status: 307, headers: { location: `http://127.0.0.1:9/?${encodeURI(secret)}` } });
    case "value":
      return Response.json([{ jsonrpc: "2.0", id: 1, result: secret }, { jsonrpc: "2.0", id: 2, result: secret }]);
    case "entities":
    case "escapes":
    case "percent":
      return Response.json({
        jsonrpc: "2.0",
        id: null,
        error: { code: -32000, message: ENCODINGS[leak](secret.slice(0, 200)) },
      });
    case "rpc-error":
      return Response.json(error);
    default:
      return Response.json(error, { status: Number(/\d+/.exec(leak)?.[0] ?? 500), statusText: "Oh" });
  }
}
