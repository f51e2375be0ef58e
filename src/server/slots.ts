import type { Exchange } from "./exchange.ts";

/** How many requests are answered at once. */
export interface Slots {
  /**
   * Takes a slot until the exchange is over. Where there is none left, the connection of the client that has taken
   * nothing of its answer for longest is cut.
   *
   * @returns whether there was one
   */
  take(exchange: Exchange): boolean;
}

/** What {@linkcode createSlots} takes. */
export interface SlotsOptions {
  /** The most requests at once; 0 for any number. */
  readonly max: number;
  /** Whether one client may have half of the slots only; not where all clients share the address of a balancer. */
  readonly perClient: boolean;
}

/**
 * Makes slots, all of them free.
 *
 * @param options see {@linkcode SlotsOptions}
 */
export function createSlots({ max, perClient }: SlotsOptions): Slots {
  const taken = new Set<Exchange>();
  const maxPerConnection = Math.ceil(max / 4);
  const maxPerClient = perClient ? Math.ceil(max / 2) : max;

  /** Cuts the connection that has been stalled longest. */
  function makeRoom(among: readonly Exchange[]): boolean {
    const [victim] = among.filter(({ isStalled }) => isStalled)
      .sort((one, other) => one.lastProgress - other.lastProgress);
    if (victim === undefined) return false;
    for (const each of [...taken]) if (each.connection === victim.connection) taken.delete(each);
    victim.connection.close();
    return true;
  }

  return {
    take(exchange): boolean {
      if (max > 0) {
        const { connection } = exchange;
        const all = [...taken];
        const own = all.filter((each) => each.connection.client === connection.client);
        if (own.filter((each) => each.connection === connection).length >= maxPerConnection) return false;
        if (own.length >= maxPerClient && !makeRoom(own)) return false;
        if (taken.size >= max && !makeRoom(all)) return false;
      }
      taken.add(exchange);
      exchange.ended.then(() => taken.delete(exchange));
      return true;
    },
  };
}
