import { scrub } from "../util/redact.ts";

/** Where a command writes. */
export interface Output {
  /** The answer: standard output. */
  readonly out: (text: string) => void;
  /** What goes wrong: standard error. */
  readonly err: (text: string) => void;
}

/** Standard output and standard error, both scrubbed. */
export const standardOutput: Output = {
  out: (text) => write(Deno.stdout, text),
  err: (text) => write(Deno.stderr, text),
};

function write(stream: typeof Deno.stdout, text: string): void {
  const bytes = new TextEncoder().encode(`${scrub(text)}\n`);
  try {
    for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
  } catch {
    // The reader has gone, as in `… | head`: there is nobody left to tell.
  }
}
