const encoder = new TextEncoder();

/** Prints a line to the person in front of the screen. */
export function say(line: string): void {
  try {
    Deno.stdout.writeSync(encoder.encode(`${line}\n`));
  } catch {
    // The terminal is gone: nobody reads it, and what runs has yet to be stopped.
  }
}
