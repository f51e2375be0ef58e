import { EXIT, ExitError } from "../errors.ts";
import { log } from "../log.ts";

/** Where to listen. */
export interface ListenAddress {
  /** An address or name; empty for all addresses of both families. */
  readonly hostname: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** A server that listens. */
export interface Server {
  /** Where it can be reached, such as `http://localhost:8080`. */
  readonly url: string;
  /** Takes no more requests and waits for those under way, but not longer than given, in milliseconds. */
  stop(patience: number): Promise<void>;
}

/**
 * Starts serving.
 *
 * @param address where; all addresses means IPv6 and IPv4, or IPv4 where there is no IPv6
 * @param handler of every request; what it throws is answered with 500 and logged
 * @throws {ExitError} when the address cannot be had
 */
export function serve(address: ListenAddress, handler: Deno.ServeHandler): Server {
  const server = listen(address, handler);
  const { hostname, port } = server.addr;
  const reachable = ["::", "0.0.0.0"].includes(hostname) ? "localhost" : hostname;
  return {
    url: `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`,
    async stop(patience) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const waited = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
      await Promise.race([server.shutdown(), waited]);
      clearTimeout(timer);
    },
  };
}

function listen({ hostname, port }: ListenAddress, handler: Deno.ServeHandler): Deno.HttpServer<Deno.NetAddr> {
  const hosts = hostname === "" ? ["::", "0.0.0.0"] : [hostname];
  for (const [index, host] of hosts.entries()) {
    try {
      return Deno.serve({ hostname: host, port, onListen: () => {}, onError: failed }, handler);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) {
        const advice = "Stop the other program, or choose another port with METRICS_PORT or --web.listen-address";
        throw new ExitError(EXIT.failure, `Port ${port} is in use by another program`, advice);
      }
      if (index === hosts.length - 1) throw cannotListen(host, port, error);
    }
  }
  throw cannotListen(hostname, port, undefined);
}

function cannotListen(hostname: string, port: number, error: unknown): ExitError {
  const why = error instanceof Deno.errors.PermissionDenied
    ? "this user may not open that port"
    : error instanceof Deno.errors.AddrNotAvailable
    ? "this machine does not have that address"
    : "the address cannot be opened";
  const advice = "Choose another address with --web.listen-address";
  return new ExitError(EXIT.failure, `Cannot listen on ${hostname}, port ${port}: ${why}`, advice);
}

function failed(error: unknown): Response {
  log.error("Answering a request failed", { error: error instanceof Error ? error.message : "unknown" });
  return new Response("Internal error\n", { status: 500 });
}
