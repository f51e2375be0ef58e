import type { Clock } from "../util/clock.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import { cleanForeign } from "../util/redact.ts";

/** A listen address. */
export interface ListenAddress {
  /** An address or name; empty for all addresses of IPv6 and IPv4. */
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
}

/**
 * Opens a listener.
 *
 * @param address all addresses means IPv6 and IPv4, or IPv4 on machines without IPv6
 * @throws {ExitError} when the address cannot be used
 */
export function openListener({ hostname, port }: ListenAddress): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: hostname === "" ? "::" : hostname, port });
  } catch (error) {
    const isInUse = error instanceof Deno.errors.AddrInUse;
    if (hostname === "" && !isInUse) return openListener({ hostname: "0.0.0.0", port });
    if (!isInUse) throw cannotListen(hostname, port, error);
    const advice = "Stop the other program, or choose another port with METRICS_PORT or --web.listen-address";
    throw new ExitError(EXIT.failure, `Port ${port} is in use by another program`, advice);
  }
}

function cannotListen(host: string, port: number, error: unknown): ExitError {
  const why = error instanceof Deno.errors.PermissionDenied
    ? "permission denied"
    : error instanceof Deno.errors.AddrNotAvailable
    ? "this machine does not have that address"
    : "the address cannot be used";
  const advice = "Choose another address with --web.listen-address";
  return new ExitError(EXIT.failure, `Cannot listen on ${host}, port ${port}: ${why}`, advice);
}

/** A listener that is opened again after a failure. */
export interface Listening {
  /** Such as `[::]:8080`. */
  readonly authority: string;
  /** Why it does not accept connections at the moment. */
  readonly problem: string | undefined;
  close(): void;
}

/** Options of {@linkcode keepListening}. */
export interface ListeningOptions {
  readonly wanted: ListenAddress;
  /** See {@linkcode openListener}. */
  readonly open: (address: ListenAddress) => Deno.TcpListener;
  readonly onConnection: (connection: Deno.TcpConn) => void;
  /** Called when there is no file descriptor or memory for another connection. */
  readonly onExhausted: () => void;
  readonly clock: Clock;
}

/** The delay doubles with each failure, in milliseconds: short at first, so that one bad connection delays nobody. */
const MIN_RETRY_DELAY = 10;
const MAX_RETRY_DELAY = 1000;
/** A single connection may fail; after this many failures in a row the listener itself has failed. */
const MAX_FAILURES = 3;

/**
 * Accepts connections until it is closed, and never gives up.
 *
 * @throws {ExitError} when the address cannot be used at first
 */
export function keepListening({ wanted, open, onConnection, onExhausted, clock }: ListeningOptions): Listening {
  const closed = new AbortController();
  const first = open(wanted);
  // With the port that was free.
  const { hostname, port } = first.addr as Deno.NetAddr;
  const authority = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  let listener: Deno.TcpListener | undefined = first;
  let failures = 0;
  let problem: string | undefined;

  function fail(error: unknown): void {
    failures++;
    // Without file descriptors a new listener would fail, too, and the connections queued on this one would be lost.
    const isBroken = !isExhaustion(error);
    if (!isBroken) onExhausted();
    if (failures < MAX_FAILURES) return;
    if (isBroken) {
      closeQuietly(listener);
      listener = undefined;
    }
    const reason = error instanceof Error ? cleanForeign(error.message) : "unknown";
    if (problem === undefined) log.error("Not listening, retrying", { address: authority, error: reason });
    problem = `not listening on ${authority}: ${reason}`;
  }

  function succeed(): void {
    failures = 0;
    if (problem !== undefined) log.info("Listening again", { address: authority });
    problem = undefined;
  }

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      const current = listener;
      try {
        if (current === undefined) {
          listener = open({ hostname, port });
          succeed();
          continue;
        }
        onConnection(await current.accept());
        succeed();
      } catch (error) {
        if (closed.signal.aborted) continue;
        fail(error);
        await clock.sleep(Math.min(MIN_RETRY_DELAY * 2 ** failures, MAX_RETRY_DELAY), closed.signal);
      }
    }
    closeQuietly(listener);
  }
  void run();

  return {
    authority,
    get problem(): string | undefined {
      return problem;
    },
    close(): void {
      closed.abort();
      closeQuietly(listener);
    },
  };
}

/** Closes a connection or listener that may be closed already. */
export function closeQuietly(resource: { close(): void } | undefined): void {
  try {
    resource?.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

const EXHAUSTED: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"]);

/** Returns whether the process has no file descriptor or memory left. */
export function isExhaustion(error: unknown): boolean {
  return error instanceof Error && "code" in error && EXHAUSTED.has(error.code);
}
