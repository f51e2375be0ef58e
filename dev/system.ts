/** Settles when `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Returns whether a port of the local machine is free, on IPv4 and IPv6. */
export function isFreePort(port: number): boolean {
  return ["127.0.0.1", "::1"].every((hostname) => {
    try {
      Deno.listen({ hostname, port }).close();
      return true;
    } catch (error) {
      // Other errors do not mean that the port is in use; a machine may lack IPv6, for example.
      return !(error instanceof Deno.errors.AddrInUse);
    }
  });
}

/** Ends a child process with SIGTERM, and with SIGKILL after `graceMs`. It may have ended already. */
export async function terminate(child: Deno.ChildProcess, graceMs = 1_000): Promise<void> {
  kill(child, "SIGTERM");
  const timer = setTimeout(() => kill(child, "SIGKILL"), graceMs);
  try {
    await child.status;
  } finally {
    clearTimeout(timer);
  }
}

/** Sends a signal to a child process. It may have ended already. */
export function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}

/** Enough to see why a node failed. */
const MAX_LINES = 12;

/** The last lines of a child's output, which is read all the time, so that the child never blocks. */
export class Tail {
  readonly #lines: string[] = [];
  readonly #onLine: (line: string) => void;

  /** Settles when both streams have ended. */
  readonly drained: Promise<void>;

  constructor(child: Deno.ChildProcess, onLine: (line: string) => void) {
    this.#onLine = onLine;
    this.drained = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]).then(() => undefined);
  }

  /** Without empty lines, and without the method names that anvil prints for each call. */
  toString(): string {
    return this.#lines.join("\n");
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach((line) => this.#add(line));
    }
    this.#add(rest);
  }

  #add(line: string): void {
    if (/^\s*([a-z]+_\w+)?\s*$/i.test(line)) return;
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#onLine(line);
  }
}
