import { type Env, readEnv, writeAll } from "../util/process.ts";
import { scrub } from "../util/redact.ts";

/** The output streams of a command. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `out` takes colours. */
  readonly isColoured?: boolean;
}

/** Standard output and standard error, without secrets. */
export const standardOutput: Output = {
  out: (text) => writeAll(Deno.stdout, `${scrub(text)}\n`),
  err: (text) => writeAll(Deno.stderr, `${scrub(text).split("\n").map(printable).join("\n")}\n`),
  get isColoured() {
    return takesColours(Deno.stdout, readEnv);
  },
};

/** Whether colours are wanted on a stream: on terminals, unless `NO_COLOR` is set to any text. */
export function takesColours(stream: { isTerminal(): boolean }, env: Env): boolean {
  return stream.isTerminal() && (env("NO_COLOR") ?? "") === "";
}

/**
 * Makes a text of the configuration safe for a terminal, on one line: without secrets, control characters and
 * characters that change the direction. Joiners stay, which emoji and several scripts need.
 */
export function printable(text: string): string {
  // Removed first, since a secret may have control characters, and again, since removing those may complete one.
  return scrub(scrub(text).replace(/[[\p{C}\p{Zl}\p{Zp}]--[\u200c\u200d]]+/gv, " "));
}
