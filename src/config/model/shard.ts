const FNV_START = 0x811c9dc5;

/** One of several exporters that share the wallets of one configuration. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

/** A list and the shard that reads it. */
export interface ShardOfList {
  /** The network's unique name. */
  readonly network: string;
  readonly shard: Shard;
}

/**
 * Whether an entry of a list belongs to the shard.
 *
 * @param address as typed: with or without `0x`, in any case, valid or not
 */
export function isOwn(address: string, { network, shard: { index, of } }: ShardOfList): boolean {
  const digits = /^(?:0x)?([0-9a-f]{40})$/i.exec(address)?.[1];
  return shardOf(network, digits === undefined ? address : `0x${digits}`, of) === index;
}

/**
 * The shard of a wallet, by rendezvous hashing: each shard draws a number for the
 * wallet and the highest wins, so that an additional shard takes a fair share from
 * each of the others and nothing else moves.
 *
 * @returns from 0
 */
export function shardOf(network: string, address: string, of: number): number {
  const key = hash(`${network}/${address.toLowerCase()}`);
  let best = 0;
  let highest = -1;
  for (let index = 0; index < of; index++) {
    const drawn = mixed(key ^ Math.imul(index + 1, 0x9e3779b1));
    if (drawn > highest) [best, highest] = [index, drawn];
  }
  return best;
}

/** FNV-1a of 32 bits over UTF-16 units: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hash(text: string, start: number = FNV_START): number {
  let value = start;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value;
}

/** The last step of MurmurHash3, which spreads every bit over all others. */
function mixed(value: number): number {
  let mixed = Math.imul(value ^ value >>> 16, 0x85ebca6b);
  mixed = Math.imul(mixed ^ mixed >>> 13, 0xc2b2ae35);
  return (mixed ^ mixed >>> 16) >>> 0;
}

/** A number for a pair of address and label; of a million pairs, a few share it. */
export function hashPair(address: string, label: string): number {
  return hash(label, hash(address.toLowerCase()));
}

/** Counts distinct pairs of address and label. */
export function countDistinct(wallets: Iterable<{ readonly address: string; readonly label: string }>): number {
  const seen = new Set<number>();
  for (const { address, label } of wallets) seen.add(hashPair(address, label));
  return seen.size;
}
