/** How {@linkcode raw} sends. */
export interface RawOptions {
  /** Says after the text that nothing follows. @default {false} */
  readonly end?: boolean;
}

/**
 * Sends text to a port of this machine as it is, and reads until the server has
 * closed or cut the connection.
 *
 * @param port where to
 * @param text what to send
 * @param options see {@linkcode RawOptions}
 */
export async function raw(port: number, text: string, { end = false }: RawOptions = {}): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    sent += await connection.write(bytes.subarray(sent)).catch(asEnd) ?? bytes.length;
  }
  if (end) await connection.closeWrite().catch(asEnd);
  const decoder = new TextDecoder();
  let answer = "";
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(buffer).catch(asEnd);
    if (count === null) return answer;
    answer += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

/**
 * Writes a request that ends its connection.
 *
 * @param path or any text in its place
 * @param headers besides `Host` and `Connection`
 * @param method of the request
 */
export function requestText(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): string {
  const lines = Object.entries({ host: "localhost", connection: "close", ...headers });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** A server that refuses a request without reading all of it resets the connection. */
function asEnd(error: unknown): null {
  const { BrokenPipe, ConnectionReset, NotConnected } = Deno.errors;
  if ([BrokenPipe, ConnectionReset, NotConnected].some((expected) => error instanceof expected)) return null;
  throw error;
}
