import type { Clock } from "../util/clock.ts";
import { type Connection, createExchange, type Exchange } from "./exchange.ts";

/** An open connection, with what it is judged by. */
export interface OpenConnection extends Connection {
  /** The requests under way. */
  readonly exchanges: ReadonlySet<Exchange>;
  /** When whichever of its requests made progress longest ago, or when it was opened or its last answer was sent. */
  lastProgress(): number;
  /** Whether another may have its place. */
  mayGiveWay(): boolean;
  /** Whether it has taken longer than it may. */
  hasExpired(): boolean;
  /** It is closed as soon as it is quiet. */
  retire(): void;
}

/** How long a new connection may take to send its first request, TLS handshake included, in milliseconds. */
const FIRST_REQUEST = 10_000;
/** How long a connection is kept for the next request; Prometheus scrapes once a minute by default. */
const KEEP_ALIVE = 120_000;
/** A retired connection is closed when it has been quiet for this time, or between two requests after the second. */
const RETIRE_QUIET = 1000;
const RETIRE_BUSY = 10_000;
/** A connection with a request is spared for this time when another needs its place. */
const SPARED = 1000;

/** What a connection tells of. */
export interface ConnectionEvents {
  /** Closes it. */
  readonly close: () => void;
  /** One of its requests is over. */
  readonly onExchangeEnd: () => void;
}

/**
 * Opens a connection.
 *
 * @param client its address, in one form
 * @param clock what its time is measured by
 * @param events see {@linkcode ConnectionEvents}
 */
export function openConnection(
  client: string,
  clock: Clock,
  { close, onExchangeEnd }: ConnectionEvents,
): OpenConnection {
  const exchanges = new Set<Exchange>();
  let hasServed = false;
  let quietSince = clock.now();
  let retiredAt: number | undefined;

  const connection: OpenConnection = {
    client,
    exchanges,
    close,
    begin(): Exchange {
      const exchange = createExchange(connection, clock, () => {
        exchanges.delete(exchange);
        hasServed = true;
        quietSince = clock.now();
        onExchangeEnd();
      });
      exchanges.add(exchange);
      return exchange;
    },
    lastProgress: () =>
      exchanges.size === 0 ? quietSince : Math.min(...[...exchanges].map((exchange) => exchange.lastProgress)),
    mayGiveWay: () => ![...exchanges].some((exchange) => clock.now() - exchange.lastProgress < SPARED),
    hasExpired(): boolean {
      const now = clock.now();
      if (exchanges.size > 0) return [...exchanges].some((exchange) => exchange.hasExpired(now));
      const quiet = now - quietSince;
      if (retiredAt !== undefined) return quiet >= RETIRE_QUIET || now - retiredAt >= RETIRE_BUSY;
      return quiet >= (hasServed ? KEEP_ALIVE : FIRST_REQUEST);
    },
    retire(): void {
      retiredAt = clock.now();
    },
  };
  return connection;
}
