/** Reads a variable of the environment. */
export type Env = (name: string) => string | undefined;

/** Reads a variable of this process. */
export function readEnv(name: string): string | undefined {
  return Deno.env.get(name);
}

/** Writes a text to a stream. That the reader is gone, as in `… | head`, must not stop the program. */
export function writeAll(stream: typeof Deno.stdout, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
  } catch {
    // Nothing can be reported to a closed stream.
  }
}
