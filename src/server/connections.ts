import type { Clock } from "../util/clock.ts";
import { type Connection, type OpenConnection, openConnection } from "./connection.ts";

/** The open connections, limited in number and in time. */
export interface Connections {
  /**
   * Adds a connection. If there are too many, the longest idle one of the client with the most connections is closed:
   * no client can lock out others by holding connections.
   *
   * @param client its normalized address
   * @param close closes it; the returned promise, if any, settles when its file descriptors are free
   * @returns undefined when the connection must be refused
   */
  admit(client: string, close: () => Promise<void> | undefined): Connection | undefined;
  /** The number of open connections. */
  readonly open: number;
  /**
   * Reduces the limit to half of the open connections, since the process has no file descriptor left.
   *
   * @returns the new limit; undefined when it did not change
   */
  shrink(): number | undefined;
  /** Closes each connection as soon as it is idle: it was opened with another certificate. */
  retire(): void;
  /** Closes idle connections at once, the others after their responses, and all after `timeout` milliseconds. */
  drain(timeout: number): Promise<void>;
}

/** Options of {@linkcode createConnections}. */
export interface ConnectionsOptions {
  readonly clock: Clock;
  /** 0 for no limit. */
  readonly maxPerClient: number;
  /** Maximum number of connections. @default {256} */
  readonly max?: number;
}

/** Far more than scrapers and probes need; `shrink` adapts it to processes that may not open as many. */
const MAX_CONNECTIONS = 256;
const MIN_CONNECTIONS = 8;
/** In old runtimes a closed connection keeps a descriptor and a chunk of a page until the client leaves. */
const MAX_LINGERING = 512;

/** How often connections are checked for their time limits, in milliseconds. */
const CHECK_INTERVAL = 1000;

/** Creates an empty set of connections. */
export function createConnections({ clock, maxPerClient, max = MAX_CONNECTIONS }: ConnectionsOptions): Connections {
  const open = new Set<OpenConnection>();
  /** Closed connections that still have their file descriptors. */
  const lingering = new Set<OpenConnection>();
  let limit = max;
  let expiring: AbortController | undefined;
  let onDrained: (() => void) | undefined;

  function checkDrained(): void {
    if (![...open].some(({ exchanges }) => exchanges.size > 0)) onDrained?.();
  }

  function create(client: string, cut: () => Promise<void> | undefined): OpenConnection {
    function close(): void {
      if (!open.delete(connection)) return;
      const freed = cut();
      if (freed !== undefined) {
        lingering.add(connection);
        freed.finally(() => lingering.delete(connection));
      }
      for (const exchange of connection.exchanges) exchange.end();
      if (open.size === 0) expiring?.abort();
    }
    const connection = openConnection(client, clock, close, checkDrained);
    return connection;
  }

  /** Closes one that may give way. */
  function makeRoom(candidates: readonly OpenConnection[]): boolean {
    const clients = Map.groupBy(open, ({ client }) => client);
    const [victim] = candidates.filter((connection) => connection.mayGiveWay())
      .map((connection) => ({
        connection,
        share: clients.get(connection.client)?.length ?? 0,
        since: connection.lastProgress(),
      }))
      .sort((one, other) => other.share - one.share || one.since - other.since);
    victim?.connection.close();
    return victim !== undefined;
  }

  async function closeExpired(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(CHECK_INTERVAL, signal);
      for (const connection of [...open]) if (connection.hasExpired()) connection.close();
    }
  }

  return {
    admit(client, cut): Connection | undefined {
      const allowed = maxPerClient === 0 ? Infinity : maxPerClient;
      const share = Math.min(allowed, limit);
      const ofClient = (all: Iterable<OpenConnection>): readonly OpenConnection[] =>
        [...all].filter((connection) => connection.client === client);
      const own = ofClient(open);
      if (ofClient(lingering).length >= allowed || lingering.size >= MAX_LINGERING) return undefined;
      if (own.length >= share && !makeRoom(own)) return undefined;
      if (open.size >= limit && !makeRoom([...open])) return undefined;
      const connection = create(client, cut);
      open.add(connection);
      if (expiring === undefined || expiring.signal.aborted) {
        void closeExpired((expiring = new AbortController()).signal);
      }
      return connection;
    },
    get open(): number {
      return open.size;
    },
    shrink(): number | undefined {
      const before = limit;
      limit = Math.max(MIN_CONNECTIONS, Math.min(limit, Math.floor(open.size / 2)));
      while (open.size > limit && makeRoom([...open]));
      return limit === before ? undefined : limit;
    },
    retire(): void {
      for (const connection of open) connection.retire();
    },
    async drain(timeout): Promise<void> {
      for (const connection of [...open]) if (connection.exchanges.size === 0) connection.close();
      const timer = new AbortController();
      const drained = new Promise<void>((resolve) => onDrained = resolve);
      checkDrained();
      await Promise.race([drained, clock.sleep(timeout, timer.signal)]);
      timer.abort();
      // The last response is on its way after one turn of the event loop.
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const connection of [...open]) connection.close();
    },
  };
}

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/;
const MAPPED_HEX = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Normalizes the address of a client: IPv4 on an IPv6 socket as IPv4, IPv6 without its zone.
 *
 * @param hostname such as `192.0.2.1`, `::ffff:192.0.2.1`, `fe80::1%eth0`
 */
export function clientAddress(hostname: string): string {
  const [address = ""] = hostname.toLowerCase().replace(/^\[|\]$/g, "").split("%");
  const dotted = MAPPED.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = MAPPED_HEX.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [one, two] = [parseInt(high, 16), parseInt(low, 16)];
  return [one >> 8, one & 255, two >> 8, two & 255].join(".");
}
