import { EXIT, ExitError } from "../util/errors.ts";

/** Where to listen. */
export interface ListenAddress {
  /** An address or name; empty for all addresses of both families. */
  readonly hostname: string;
  /** 0 for any free one. */
  readonly port: number;
}

/**
 * Opens a port.
 *
 * @param address where; all addresses means IPv6 and IPv4, or IPv4 where there is no IPv6
 * @throws {ExitError} when the address cannot be used
 */
export function openListener({ hostname, port }: ListenAddress): Deno.TcpListener {
  const hosts = hostname === "" ? ["::", "0.0.0.0"] : [hostname];
  for (const [index, host] of hosts.entries()) {
    try {
      return Deno.listen({ hostname: host, port });
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

function cannotListen(host: string, port: number, error: unknown): ExitError {
  const why = error instanceof Deno.errors.PermissionDenied
    ? "this user may not open that port"
    : error instanceof Deno.errors.AddrNotAvailable
    ? "this machine does not have that address"
    : "the address cannot be opened";
  const advice = "Choose another address with --web.listen-address";
  return new ExitError(EXIT.failure, `Cannot listen on ${host}, port ${port}: ${why}`, advice);
}
