import type { Clock } from "../util/clock.ts";
import { createCounts } from "./counts.ts";
import type { Connection } from "./exchange.ts";
import { type OpenConnection, openConnection } from "./open_connection.ts";

/** The open connections, bounded in number and in time. */
export interface Connections {
  /**
   * Takes a connection in. Where there are too many, the one that has been quiet longest is closed, first of the
   * client that has the most: nobody keeps others out by holding connections.
   *
   * @param client its address, in one form
   * @param close closes it; what it returns settles when its file descriptors are free, if that is later
   * @returns none when it must be refused
   */
  admit(client: string, close: () => Promise<void> | undefined): Connection | undefined;
  /** How many are open. */
  readonly open: number;
  /**
   * Keeps at most half of what is open from now on, since the process has no file descriptor left.
   *
   * @returns how many at most; nothing when that is as before
   */
  shrink(): number | undefined;
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

/** Far more than scrapers and probes need; see `shrink` for a process that may not open as many. */
const MAX_CONNECTIONS = 256;
const MIN_CONNECTIONS = 8;
/** Connections that are cut keep a descriptor and a chunk of a page until the client leaves, in old runtimes. */
const MAX_LINGERING = 512;

/** How often it is looked for connections that have taken longer than they may, in milliseconds. */
const SWEEP = 1000;

/**
 * Makes an empty set of connections.
 *
 * @param options see {@linkcode ConnectionsOptions}
 */
export function createConnections({ clock, maxPerClient, max = MAX_CONNECTIONS }: ConnectionsOptions): Connections {
  const open = new Set<OpenConnection>();
  const perClient = createCounts();
  /** Connections that are closed, and have their file descriptors still. */
  const lingering = createCounts();
  let bound = max;
  let sweeping: AbortController | undefined;
  let onDrained: (() => void) | undefined;

  function checkDrained(): void {
    if (![...open].some(({ exchanges }) => exchanges.size > 0)) onDrained?.();
  }

  function create(client: string, cut: () => Promise<void> | undefined): OpenConnection {
    const connection = openConnection(client, clock, {
      onExchangeEnd: checkDrained,
      close(): void {
        if (!open.delete(connection)) return;
        perClient.remove(client);
        const freed = cut();
        if (freed !== undefined) {
          lingering.add(client);
          freed.finally(() => lingering.remove(client));
        }
        for (const exchange of connection.exchanges) exchange.end();
        if (open.size === 0) sweeping?.abort();
      },
    });
    return connection;
  }

  /** Closes one that has been quiet, to make room. */
  function makeRoom(candidates: readonly OpenConnection[]): boolean {
    const [victim] = candidates.filter((connection) => connection.mayGiveWay())
      .map((connection) => ({ connection, share: perClient.of(connection.client), since: connection.lastProgress() }))
      .sort((one, other) => other.share - one.share || one.since - other.since);
    victim?.connection.close();
    return victim !== undefined;
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(SWEEP, signal);
      for (const connection of [...open]) if (connection.hasExpired()) connection.close();
    }
  }

  return {
    admit(client, cut): Connection | undefined {
      const allowed = maxPerClient === 0 ? Infinity : maxPerClient;
      const share = Math.min(allowed, bound);
      const own = (): readonly OpenConnection[] => [...open].filter((connection) => connection.client === client);
      if (lingering.of(client) >= allowed || lingering.total >= MAX_LINGERING) return undefined;
      if (perClient.of(client) >= share && !makeRoom(own())) return undefined;
      if (open.size >= bound && !makeRoom([...open])) return undefined;
      const connection = create(client, cut);
      open.add(connection);
      perClient.add(client);
      if (sweeping === undefined || sweeping.signal.aborted) void sweep((sweeping = new AbortController()).signal);
      return connection;
    },
    get open(): number {
      return open.size;
    },
    shrink(): number | undefined {
      const before = bound;
      bound = Math.max(MIN_CONNECTIONS, Math.min(bound, Math.floor(open.size / 2)));
      while (open.size > bound && makeRoom([...open]));
      return bound === before ? undefined : bound;
    },
    retire(): void {
      for (const connection of open) connection.retire();
    },
    async drain(patience): Promise<void> {
      for (const connection of [...open]) if (connection.exchanges.size === 0) connection.close();
      const timer = new AbortController();
      const drained = new Promise<void>((resolve) => onDrained = resolve);
      checkDrained();
      await Promise.race([drained, clock.sleep(patience, timer.signal)]);
      timer.abort();
      // What was sent last is on its way when the event loop has turned once.
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const connection of [...open]) connection.close();
    },
  };
}
