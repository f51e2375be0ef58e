import type { Clock } from "../util/clock.ts";

/** An open connection of a client. */
export interface Connection {
  /** The client's address, normalized. */
  readonly client: string;
  /** Starts the exchange of a request that arrived. */
  begin(): Exchange;
  /** Closes it at once. */
  close(): void;
}

/** A request and its response, until the client has received all of it. */
export interface Exchange {
  readonly connection: Connection;
  /** When it began, or when the client last received a part of the response. */
  readonly lastProgress: number;
  /** Whether the client has received nothing of the response for a second. */
  readonly isStalled: boolean;
  /** Settles when it is over, or its connection was closed. */
  readonly ended: Promise<void>;
  /** To be called when the response begins. */
  startResponse(): void;
  /** To be called when the client has received a part of the response. */
  progress(): void;
  /** To be called when the client has received the response, or is gone. */
  end(): void;
  /** Returns whether the client exceeds the time limits. */
  hasExpired(now: number): boolean;
}

/** An open connection with what decides whether it may stay open. */
export interface OpenConnection extends Connection {
  /** The pending requests. */
  readonly exchanges: ReadonlySet<Exchange>;
  /** Of the request without progress for longest; without requests, when it became idle. */
  lastProgress(): number;
  /** Whether it may be closed to make room for another. */
  mayGiveWay(): boolean;
  /** Whether it exceeds the time limits. */
  hasExpired(): boolean;
  /** Lets it be closed as soon as it is idle. */
  retire(): void;
}

/** A client that receives nothing of a response for this long is disconnected; no scraper waits longer. Milliseconds. */
const MAX_STALL = 10_000;
/** Maximum duration of a response. */
const MAX_RESPONSE = 30_000;
const STALLED = 1000;
/** Time for the first request of a connection, including the TLS handshake. */
const MAX_FIRST_REQUEST = 10_000;
/** How long an idle connection is kept open; Prometheus scrapes every minute by default. */
const KEEP_ALIVE = 120_000;
/** A retired connection is closed after this idle time, or between two requests after the second. */
const RETIRE_IDLE = 1000;
const RETIRE_BUSY = 10_000;
/** A connection with a request is not closed to make room within this time. */
const PROTECTED = 1000;

/**
 * Opens a connection of a client, whose address is normalized.
 *
 * @param onExchangeEnd called after each exchange
 */
export function openConnection(
  client: string,
  clock: Clock,
  close: () => void,
  onExchangeEnd: () => void,
): OpenConnection {
  const exchanges = new Set<Exchange>();
  let hasServed = false;
  let idleSince = clock.now();
  let retiredAt: number | undefined;

  const connection: OpenConnection = {
    client,
    exchanges,
    close,
    begin(): Exchange {
      const exchange = createExchange(connection, clock, () => {
        exchanges.delete(exchange);
        hasServed = true;
        idleSince = clock.now();
        onExchangeEnd();
      });
      exchanges.add(exchange);
      return exchange;
    },
    lastProgress: () =>
      exchanges.size === 0 ? idleSince : Math.min(...[...exchanges].map((exchange) => exchange.lastProgress)),
    mayGiveWay: () => ![...exchanges].some((exchange) => clock.now() - exchange.lastProgress < PROTECTED),
    hasExpired(): boolean {
      const now = clock.now();
      if (exchanges.size > 0) return [...exchanges].some((exchange) => exchange.hasExpired(now));
      const idle = now - idleSince;
      if (retiredAt !== undefined) return idle >= RETIRE_IDLE || now - retiredAt >= RETIRE_BUSY;
      return idle >= (hasServed ? KEEP_ALIVE : MAX_FIRST_REQUEST);
    },
    retire(): void {
      retiredAt = clock.now();
    },
  };
  return connection;
}

/**
 * Starts an exchange.
 *
 * @param onEnd called once, when it is over
 */
export function createExchange(connection: Connection, clock: Clock, onEnd: () => void): Exchange {
  let lastProgress = clock.now();
  let respondedAt: number | undefined;
  let isOver = false;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  return {
    connection,
    ended,
    get lastProgress(): number {
      return lastProgress;
    },
    get isStalled(): boolean {
      return respondedAt !== undefined && clock.now() - lastProgress >= STALLED;
    },
    startResponse(): void {
      respondedAt = lastProgress = clock.now();
    },
    progress(): void {
      lastProgress = clock.now();
    },
    end(): void {
      if (isOver) return;
      isOver = true;
      onEnd();
      resolve();
    },
    hasExpired(now): boolean {
      return respondedAt !== undefined && (now - lastProgress >= MAX_STALL || now - respondedAt >= MAX_RESPONSE);
    },
  };
}
