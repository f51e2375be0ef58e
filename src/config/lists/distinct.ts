import { hash } from "../shard.ts";

/** Counts wallets, each address with its label once; by hashes of 32 bits, so that a few of a million are missed. */
export interface DistinctCounter {
  add(address: string, label: string): void;
  readonly count: number;
}

/** Makes a counter. */
export function createDistinctCounter(): DistinctCounter {
  const seen = new Set<number>();
  return {
    add: (address, label) => void seen.add(hash(label, hash(address.toLowerCase()))),
    get count(): number {
      return seen.size;
    },
  };
}

/**
 * Counts wallets, each address with its label once.
 *
 * @param wallets any
 */
export function countDistinct(wallets: Iterable<{ readonly address: string; readonly label: string }>): number {
  const counter = createDistinctCounter();
  for (const { address, label } of wallets) counter.add(address, label);
  return counter.count;
}
