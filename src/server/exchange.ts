import type { Clock } from "../util/clock.ts";

/** An open connection of a client. */
export interface Connection {
  /** The client's address, in one form. */
  readonly client: string;
  /** A request arrived. */
  begin(): Exchange;
  /** Closes it at once; it counts no more. */
  close(): void;
}

/** A request and its answer, until the client has taken all of it. */
export interface Exchange {
  readonly connection: Connection;
  /** When it began, or when the client last took a part of the answer. */
  readonly lastProgress: number;
  /** Whether the client has taken nothing of the answer for a second. */
  readonly isStalled: boolean;
  /** Settles when it is over, also when the connection was cut. */
  readonly ended: Promise<void>;
  /** The answer begins. */
  answer(): void;
  /** The client took a part of the answer. */
  take(): void;
  /** The client has all of it, or is gone. */
  end(): void;
  /** @returns whether the client has taken longer than it may */
  hasExpired(now: number): boolean;
}

/** A client that takes no part of an answer for this time is cut off, in milliseconds; nobody waits longer for a scrape. */
const MAX_STALL = 10_000;
/** How long a whole answer may take. */
const MAX_ANSWER = 30_000;
const STALLED = 1000;

/**
 * Begins an exchange.
 *
 * @param connection where the request arrived
 * @param clock what its time is measured by
 * @param onEnd called once, when it is over
 */
export function createExchange(connection: Connection, clock: Clock, onEnd: () => void): Exchange {
  let lastProgress = clock.now();
  let answeredAt: number | undefined;
  let isOver = false;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  return {
    connection,
    ended,
    get lastProgress(): number {
      return lastProgress;
    },
    get isStalled(): boolean {
      return answeredAt !== undefined && clock.now() - lastProgress >= STALLED;
    },
    answer(): void {
      answeredAt = lastProgress = clock.now();
    },
    take(): void {
      lastProgress = clock.now();
    },
    end(): void {
      if (isOver) return;
      isOver = true;
      onEnd();
      resolve();
    },
    hasExpired(now): boolean {
      return answeredAt !== undefined && (now - lastProgress >= MAX_STALL || now - answeredAt >= MAX_ANSWER);
    },
  };
}
