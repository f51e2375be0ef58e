import type { Clock } from "../../src/util/clock.ts";
import { type Connection, createExchange, type Exchange } from "../../src/server/connection.ts";

/** A connection without a socket. */
export interface FakeConnection extends Connection {
  readonly isClosed: boolean;
}

/**
 * Opens a connection without a socket.
 *
 * @param clock what its exchanges are measured by
 * @param client its address
 */
export function fakeConnection(clock: Clock, client = "192.0.2.1"): FakeConnection {
  const open = new Set<Exchange>();
  let isClosed = false;
  const connection: FakeConnection = {
    client,
    get isClosed(): boolean {
      return isClosed;
    },
    begin(): Exchange {
      const exchange = createExchange(connection, clock, () => open.delete(exchange));
      open.add(exchange);
      return exchange;
    },
    close(): void {
      isClosed = true;
      for (const exchange of [...open]) exchange.end();
    },
  };
  return connection;
}
