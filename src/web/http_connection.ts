import { EXIT, ExitError } from "../errors.ts";

/** A connection that speaks HTTP. */
export interface HttpConnection {
  /** Settles when it is closed, by whichever side. */
  readonly finished: Promise<void>;
  /** Settles when the process has its file descriptors back; none where closing it frees them at once. */
  readonly freed?: Promise<void>;
  /** Settles when nothing that was sent waits for the client. */
  drained(): Promise<void>;
  /** Closes it at once, whatever is under way. */
  close(): void;
}

type ServeOnConnection = (
  connection: Deno.Conn,
  signal: AbortSignal,
  handler: Deno.ServeHandler,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => { readonly finished: Promise<void>; shutdown(): Promise<void> };

/**
 * Serves HTTP/1.1 or HTTP/2 on one connection, with the server behind `Deno.serve`. That function itself accepts its
 * connections, keeps any number of them for ever, and stops listening for good when accepting fails once.
 *
 * @param connection a connection just accepted, plain or TLS; closed from here on
 * @param handler of every request
 * @param onError makes the answer where the handler throws
 */
export function serveConnection(
  connection: Deno.Conn,
  handler: Deno.ServeHandler,
  onError: (error: unknown) => Response,
): HttpConnection {
  const controller = new AbortController();
  let isFinished = false;
  const server = serveOnConnection()(connection, controller.signal, handler, onError, () => {});
  // The runtime frees a connection that has failed only when it is asked to.
  const finished = server.finished.catch(() => server.shutdown()).catch(() => {}).then(() => {
    isFinished = true;
  });
  return {
    finished,
    // An answer is completed when the socket has taken all of it.
    drained: () => Promise.resolve(),
    close(): void {
      // The runtime throws where a connection is aborted that is closed already.
      if (!isFinished) controller.abort();
    },
  };
}

/**
 * Finds the function that `node:http2` of the runtime is built on. It is not in Deno's types.
 *
 * @throws {ExitError} when this Deno does not have it
 */
export function serveOnConnection(): ServeOnConnection {
  const internals: unknown = Reflect.get(Deno, Reflect.get(Deno, "internal"));
  const found = typeof internals === "object" && internals !== null
    ? Reflect.get(internals, "serveHttpOnConnection")
    : undefined;
  if (typeof found === "function") return found as ServeOnConnection;
  const message = `Deno ${Deno.version.deno} cannot serve HTTP on a connection`;
  throw new ExitError(EXIT.failure, message, "Build with the version of Deno that the project names");
}
