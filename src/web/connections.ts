import type { Clock } from "../clock.ts";
import { type Connection, createExchange, type Exchange } from "./exchange.ts";

/** The open connections, bounded in number and in time. */
export interface Connections {
  /**
   * Takes a connection in. Where there are too many, the one that has been quiet longest is closed, first of the
   * client that has the most: nobody keeps others out by holding connections.
   *
   * @param client its address, in one form
   * @param close closes it
   * @returns none when it must be refused
   */
  admit(client: string, close: () => void): Connection | undefined;
  /** How many are open. */
  readonly open: number;
  /** Keeps at most half of what is open from now on, since the process has no file descriptor left. */
  shrink(): void;
  /** Closes each connection as soon as it is quiet: it was opened with another certificate. */
  retire(): void;
  /** Closes all that are quiet, the others when their answers are sent, and all of them after `patience` milliseconds. */
  drain(patience: number): Promise<void>;
}

/** What {@linkcode createConnections} takes. */
export interface ConnectionsOptions {
  readonly clock: Clock;
  /** The most connections of one client; 0 for any number. */
  readonly maxPerClient: number;
  /** The most connections at once. @default {256} */
  readonly max?: number;
}

/** Below the smallest usual limit of file descriptors together with those of the nodes. */
const MAX_CONNECTIONS = 256;
const MIN_CONNECTIONS = 8;

/** How long a new connection may take to send its first request, TLS handshake included, in milliseconds. */
const FIRST_REQUEST = 10_000;
/** How long a connection is kept for the next request; Prometheus scrapes once a minute by default. */
const KEEP_ALIVE = 120_000;
/** A quiet connection that was opened with another certificate is closed after this time, a busy one after the second. */
const RETIRE_QUIET = 1000;
const RETIRE_BUSY = 10_000;
/** A connection with a request is spared for this time when another needs its place. */
const SPARED = 1000;
const SWEEP = 1000;

interface Entry extends Connection {
  readonly exchanges: Set<Exchange>;
  readonly cut: () => void;
  hasServed: boolean;
  /** When it was opened, or its last answer was sent. */
  quietSince: number;
  retiredAt?: number;
}

/**
 * Makes an empty set of connections.
 *
 * @param options see {@linkcode ConnectionsOptions}
 */
export function createConnections({ clock, maxPerClient, max = MAX_CONNECTIONS }: ConnectionsOptions): Connections {
  const entries = new Set<Entry>();
  const perClient = new Map<string, number>();
  let bound = max;
  let sweeping: AbortController | undefined;
  let onDrained: (() => void) | undefined;

  function remove(entry: Entry): void {
    if (!entries.delete(entry)) return;
    const left = (perClient.get(entry.client) ?? 1) - 1;
    if (left === 0) perClient.delete(entry.client);
    else perClient.set(entry.client, left);
    for (const exchange of entry.exchanges) exchange.end();
    if (entries.size === 0) sweeping?.abort();
    checkDrained();
  }

  function checkDrained(): void {
    if (![...entries].some(({ exchanges }) => exchanges.size > 0)) onDrained?.();
  }

  function create(client: string, cut: () => void): Entry {
    const entry: Entry = {
      client,
      cut,
      exchanges: new Set(),
      hasServed: false,
      quietSince: clock.now(),
      begin(): Exchange {
        const exchange = createExchange(entry, clock, () => {
          entry.exchanges.delete(exchange);
          entry.hasServed = true;
          entry.quietSince = clock.now();
          checkDrained();
        });
        entry.exchanges.add(exchange);
        return exchange;
      },
      close(): void {
        remove(entry);
        cut();
      },
    };
    return entry;
  }

  /** Closes one that has been quiet, to make room. */
  function makeRoom(candidates: readonly Entry[]): boolean {
    const now = clock.now();
    const [victim] = candidates
      .filter(({ exchanges }) => ![...exchanges].some((exchange) => now - exchange.lastProgress < SPARED))
      .map((entry) => ({ entry, share: perClient.get(entry.client) ?? 0, since: lastProgress(entry) }))
      .sort((one, other) => other.share - one.share || one.since - other.since);
    victim?.entry.close();
    return victim !== undefined;
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(SWEEP, signal);
      const now = clock.now();
      for (const entry of [...entries]) if (hasExpired(entry, now)) entry.close();
    }
  }

  return {
    admit(client, cut): Connection | undefined {
      const share = Math.min(maxPerClient === 0 ? bound : maxPerClient, bound);
      const own = (): readonly Entry[] => [...entries].filter((entry) => entry.client === client);
      if ((perClient.get(client) ?? 0) >= share && !makeRoom(own())) return undefined;
      if (entries.size >= bound && !makeRoom([...entries])) return undefined;
      const entry = create(client, cut);
      entries.add(entry);
      perClient.set(client, (perClient.get(client) ?? 0) + 1);
      if (sweeping === undefined || sweeping.signal.aborted) void sweep((sweeping = new AbortController()).signal);
      return entry;
    },
    get open(): number {
      return entries.size;
    },
    shrink(): void {
      bound = Math.max(MIN_CONNECTIONS, Math.min(bound, Math.floor(entries.size / 2)));
      while (entries.size > bound && makeRoom([...entries]));
    },
    retire(): void {
      for (const entry of entries) entry.retiredAt = clock.now();
    },
    async drain(patience): Promise<void> {
      for (const entry of [...entries]) if (entry.exchanges.size === 0) entry.close();
      const timer = new AbortController();
      const drained = new Promise<void>((resolve) => onDrained = resolve);
      checkDrained();
      await Promise.race([drained, clock.sleep(patience, timer.signal)]);
      timer.abort();
      // What was sent last is on its way when the event loop has turned once.
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const entry of [...entries]) entry.close();
    },
  };
}

/** Whichever of its requests has made no progress longest, or the connection itself when it has none. */
function lastProgress({ exchanges, quietSince }: Entry): number {
  return exchanges.size === 0 ? quietSince : Math.min(...[...exchanges].map((exchange) => exchange.lastProgress));
}

function hasExpired(entry: Entry, now: number): boolean {
  if (entry.exchanges.size > 0) return [...entry.exchanges].some((exchange) => exchange.hasExpired(now));
  const quiet = now - entry.quietSince;
  if (entry.retiredAt !== undefined) return quiet >= RETIRE_QUIET || now - entry.retiredAt >= RETIRE_BUSY;
  return quiet >= (entry.hasServed ? KEEP_ALIVE : FIRST_REQUEST);
}
