/** How many there are of each client. */
export interface Counts {
  /** Of all clients. */
  readonly total: number;
  of(client: string): number;
  add(client: string): void;
  remove(client: string): void;
}

/** Makes counts of nothing. */
export function createCounts(): Counts {
  const counts = new Map<string, number>();
  let total = 0;

  function change(client: string, by: 1 | -1): void {
    total += by;
    const count = (counts.get(client) ?? 0) + by;
    if (count === 0) counts.delete(client);
    else counts.set(client, count);
  }

  return {
    get total(): number {
      return total;
    },
    of: (client) => counts.get(client) ?? 0,
    add: (client) => change(client, 1),
    remove: (client) => change(client, -1),
  };
}
