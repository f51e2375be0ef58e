const kept = 12;

/** The last lines of what anvil prints, read all the time so that it never blocks. */
export class Tail {
  readonly #lines: string[] = [];
  readonly #onLine: (line: string) => void;

  /** Settles when both streams have ended. */
  readonly drained: Promise<void>;

  /** Reads both streams from now on and tells `onLine` each line. */
  constructor(child: Deno.ChildProcess, onLine: (line: string) => void) {
    this.#onLine = onLine;
    this.drained = Promise.all([
      this.#read(child.stdout),
      this.#read(child.stderr),
    ]).then(
      () => undefined,
    );
  }

  /** The last lines, without the empty ones and the names of methods that were called. */
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
    if (this.#lines.length > kept) this.#lines.shift();
    this.#onLine(line);
  }
}
