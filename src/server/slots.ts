import type { Exchange } from "./connection.ts";

/**
 * Limits the number of concurrent requests.
 *
 * @param max 0 for no limit
 * @param perClient limits a client to half of the slots; false if clients share the address of a load balancer
 * @returns a function that takes a slot until the exchange is over, and returns whether there was one; if none is left,
 * it closes the connection that has been stalled for longest
 */
export function createSlots(max: number, perClient: boolean): (exchange: Exchange) => boolean {
  const taken = new Set<Exchange>();
  const maxPerConnection = Math.ceil(max / 4);
  const maxPerClient = perClient ? Math.ceil(max / 2) : max;

  /** Closes the connection that has been stalled for longest. */
  function makeRoom(among: readonly Exchange[]): boolean {
    const [victim] = among.filter(({ isStalled }) => isStalled)
      .sort((one, other) => one.lastProgress - other.lastProgress);
    if (victim === undefined) return false;
    for (const each of [...taken]) if (each.connection === victim.connection) taken.delete(each);
    victim.connection.close();
    return true;
  }

  return (exchange) => {
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
  };
}
