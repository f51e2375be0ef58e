import type { Clock } from "../util/clock.ts";
import { log } from "../util/log.ts";
import { cleanForeign } from "../util/redact.ts";

/** A listener that is opened again when it fails. */
export interface Listening {
  /** What is wrong while it does not accept connections. */
  readonly problem: string | undefined;
  /** Accepts no more. */
  close(): void;
}

/** What {@linkcode keepListening} takes. */
export interface ListeningOptions {
  /** Such as `[::]:8080`. */
  readonly address: string;
  readonly first: Deno.TcpListener;
  /** Opens another listener of the same address. */
  readonly open: () => Deno.TcpListener;
  readonly onConnection: (connection: Deno.TcpConn) => void;
  /** No file descriptor or memory is left for another connection. */
  readonly onExhausted: () => void;
  readonly clock: Clock;
}

/** How long after a failure it is tried again, in milliseconds: at first, and at most. */
const MIN_WAIT = 10;
const MAX_WAIT = 1000;
/** Accepting fails for one connection, or for a moment; after this many failures in a row it is reported. */
const MAX_FAILURES = 3;

/**
 * Accepts connections until it is closed. Whatever goes wrong, it does not give up.
 *
 * @param options see {@linkcode ListeningOptions}
 */
export function keepListening(options: ListeningOptions): Listening {
  const { address, first, open, onConnection, onExhausted, clock } = options;
  const closed = new AbortController();
  let listener: Deno.TcpListener | undefined = first;
  let failures = 0;
  let problem: string | undefined;

  function fail(error: unknown): void {
    failures++;
    // Another listener would need a file descriptor too, and would refuse those who wait in the queue of this one.
    const isBroken = !isExhaustion(error);
    if (!isBroken) onExhausted();
    if (failures < MAX_FAILURES) return;
    if (isBroken) {
      closeQuietly(listener);
      listener = undefined;
    }
    const reason = error instanceof Error ? cleanForeign(error.message) : "unknown";
    if (problem === undefined) log.error("Not listening", { address, error: reason });
    problem = `not listening on ${address}: ${reason}`;
  }

  function succeed(): void {
    failures = 0;
    if (problem !== undefined) log.info("Listening again", { address });
    problem = undefined;
  }

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      const current = listener;
      try {
        if (current === undefined) {
          listener = open();
          succeed();
          continue;
        }
        onConnection(await current.accept());
        succeed();
      } catch (error) {
        if (closed.signal.aborted) continue;
        fail(error);
        await clock.sleep(Math.min(MIN_WAIT * 2 ** failures, MAX_WAIT), closed.signal);
      }
    }
    closeQuietly(listener);
  }
  void run();

  return {
    get problem(): string | undefined {
      return problem;
    },
    close(): void {
      closed.abort();
      closeQuietly(listener);
    },
  };
}

/** It may have been closed by what made it fail. */
function closeQuietly(listener: Deno.TcpListener | undefined): void {
  try {
    listener?.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

const EXHAUSTED: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"]);

/** Tells whether the process has no file descriptor or memory left. */
export function isExhaustion(error: unknown): boolean {
  return error instanceof Error && "code" in error && EXHAUSTED.has(error.code);
}
